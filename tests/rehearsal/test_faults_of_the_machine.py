import sys
from pathlib import Path

import pytest

from tests.rehearsal import deployment, emulator
from tests.rehearsal.report import RehearsalError


def test_an_emulator_that_does_not_start_is_said_to(tmp_path: Path) -> None:
    without_ministack = Path(sys.executable)
    wanted = r"(?s)ministack did not start:.*No module named 'ministack'"
    with pytest.raises(RehearsalError, match=wanted), emulator.running(tmp_path, without_ministack):
        pass


def test_a_build_that_fails_is_said_to(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deployment, "SAM", Path(sys.executable))
    with pytest.raises(RehearsalError, match=r"sam build failed:\n.+"):
        deployment.build("3.13")
