import pytest

from tests.rehearsal.calling import RecordedAnswer


def answer(status: int, text: str = "") -> RecordedAnswer:
    return RecordedAnswer("read_task_run", "GET /task_runs/1", status, text)


@pytest.mark.parametrize("status", [200, 201, 204, 307, 404, 409, 410, 422])
def test_an_answer_of_a_function_is_no_failure(status: int) -> None:
    assert answer(status).failure() is None


@pytest.mark.parametrize("status", [403, 500, 502, 503, 504])
def test_a_fault_and_a_missing_right_are_failures(status: int) -> None:
    failure = answer(status, "Internal Server Error").failure()
    assert failure == ("Internal Server Error", "read_task_run", "GET /task_runs/1", status)


def test_a_denial_is_a_failure_whatever_the_status() -> None:
    assert answer(200, '{"detail": "AccessDeniedException"}').failure()
