import pytest

from tests.rehearsal import report
from tests.rehearsal.report import RehearsalFailure

FAILURE = RehearsalFailure("AccessDenied", "read_task_run", "GET /task_runs/1", 500)


def test_all_that_is_known_of_a_failure_is_shown_once(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.conclude([FAILURE, FAILURE]) == 1
    shown = "\nread_task_run GET /task_runs/1 500\n    AccessDenied\n\n1 failures\n"
    assert capsys.readouterr().out == shown


def test_without_failures_it_succeeds(capsys: pytest.CaptureFixture[str]) -> None:
    assert report.conclude([]) == 0
    assert capsys.readouterr().out == "nothing failed\n"


def test_a_step_that_raises_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    def act() -> None:
        raise KeyError("id")

    assert report.attempt("a step", act) == [RehearsalFailure("a step: KeyError: 'id'")]
    assert report.attempt("another", lambda: None) == []
    first, shown, second = capsys.readouterr().out.splitlines()
    assert shown == "    a step: KeyError: 'id'"
    assert first.startswith("FAILS")
    assert first.endswith(" s  a step")
    assert second.startswith("done ")
