from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conformance.clients.running import Group, outcomes
from tests.conformance.clients.scene import ClientScene, comes_to_be


@contextmanager
def nowhere(auth: str | None) -> Iterator[str]:
    yield f"http://{auth}@nowhere/api"


def holds(_: ClientScene) -> None: ...


def fails(_: ClientScene) -> None:
    raise AssertionError("nothing is as it should be")


def looks(_: ClientScene) -> None:
    missing: dict[str, str] = {}
    missing["it"]


def test_each_claim_has_its_line_and_one_that_fails_its_reason(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcomes(nowhere, [Group({"it is so": holds, "it is well": fails})]) == [True, False]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[:2]] == ["holds", "FAILS"]
    assert "nothing is as it should be" in lines[2]


def test_what_is_not_found_where_it_is_looked_for_is_told_too(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert outcomes(nowhere, [Group({"it is there": looks})]) == [False]
    assert "KeyError('it'): missing[\"it\"] (test_running.py)" in capsys.readouterr().out


@pytest.mark.parametrize("apart", [True, False])
def test_claims_share_a_home_unless_they_are_apart(*, apart: bool) -> None:
    homes: list[Path] = []
    checks = {name: lambda scene: homes.append(scene.stock.home) for name in ("one", "two")}
    outcomes(nowhere, [Group(checks, apart=apart)])
    assert len(set(homes)) == (2 if apart else 1)


def test_a_group_asks_its_server_with_its_password() -> None:
    as_text: list[tuple[str, str | None]] = []
    checks = {"any": lambda scene: as_text.append((scene.stock.url, scene.stock.auth))}
    outcomes(nowhere, [Group(checks, "me:secret")])
    assert as_text == [("http://me:secret@nowhere/api", "me:secret")]


def test_what_is_read_may_become_as_expected() -> None:
    reads = iter([0, 1, 2])
    comes_to_be(lambda: next(reads), 2)


@pytest.mark.parametrize("patient", [True, False])
def test_a_reference_that_is_busy_is_asked_again(*, patient: bool) -> None:
    seen: list[bool] = []
    checks = {"any": lambda scene: seen.append(scene.patient)}
    outcomes(nowhere, [Group(checks)], patient=patient)
    assert seen == [patient]
