import os
import stat
from pathlib import Path

import pytest

from local import block_key, settings
from local.settings import StartupError


@pytest.fixture(autouse=True)
def _none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(block_key.VARIABLE, raising=False)


def key_of(data: str) -> str:
    with block_key.kept(settings.read({"DATA": data})):
        return Path(os.environ[block_key.VARIABLE]).read_text("utf-8")


def test_the_key_is_made_once_and_only_its_owner_can_read_it(tmp_path: Path) -> None:
    data = tmp_path / "data"
    first = key_of(str(data))
    assert len(first) > 60
    assert key_of(str(data)) == first != key_of(str(tmp_path / "other"))
    (file,) = data.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert block_key.VARIABLE not in os.environ


def test_data_in_memory_has_a_key_as_long_as_the_server_runs() -> None:
    assert key_of(settings.MEMORY) != key_of(settings.MEMORY)


def test_a_variable_may_name_another_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "mine"
    monkeypatch.setenv(block_key.VARIABLE, str(file))
    with pytest.raises(StartupError, match="mine, can't be used: No such file"):
        key_of(str(tmp_path))
    file.write_text("my key", "utf-8")
    assert key_of(str(tmp_path)) == "my key"
    assert os.environ[block_key.VARIABLE] == str(file)
    assert not (tmp_path / block_key.FILE).exists()
