"""GET /task_run_states: what a run has been in."""

from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import Asked, ask, made, new_task_run, removal
from tests.store.support.proposing import proposal, task_run_states

KEYS = ["id", "type", "name", "timestamp", "message", "data", "state_details"]


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def test_a_state_is_read_by_its_id(api: httpx.Client) -> None:
    state = made(api, new_task_run())["state"]
    answer = api.get(f"/task_run_states/{state['id']}")
    assert (answer.status_code, answer.json()) == (200, state)
    assert list(answer.json()) == KEYS


def test_a_state_of_no_run_is_not_found(api: httpx.Client) -> None:
    answer = api.get(f"/task_run_states/{uuid4()}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Flow run state not found"})


def test_a_state_that_was_left_can_still_be_read(api: httpx.Client) -> None:
    run = made(api, new_task_run())
    ask(api, proposal("task_runs", run, "RUNNING"))
    assert api.get(f"/task_run_states/{run['state_id']}").json() == run["state"]


def test_states_are_listed_from_the_first_to_the_last(api: httpx.Client) -> None:
    run = made(api, new_task_run(state={"type": "SCHEDULED"}))
    for kind in ("PENDING", "RUNNING", "COMPLETED"):
        ask(api, proposal("task_runs", run, kind))
    names = [state["name"] for state in task_run_states(api, run)]
    assert names == ["Scheduled", "Pending", "Running", "Completed"]


def test_a_history_longer_than_a_page_of_the_table_is_listed_whole(api: httpx.Client) -> None:
    run = made(api, new_task_run())
    for number in range(12):
        much = {"data": {"much": "x" * 100_000}, "message": str(number)}
        ask(
            api,
            Asked(
                "POST", f"/task_runs/{run['id']}/set_state", {"state": {"type": "PENDING"} | much}
            ),
        )
    messages = [state["message"] for state in task_run_states(api, run)]
    assert messages == [None, *map(str, range(12))]


def test_a_refused_state_is_not_listed(api: httpx.Client) -> None:
    run = made(api, new_task_run(state={"type": "FAILED"}))
    ask(api, proposal("task_runs", run, "CRASHED"))
    assert [state["name"] for state in task_run_states(api, run)] == ["Failed"]


def test_an_unknown_run_has_been_in_no_state(api: httpx.Client) -> None:
    assert task_run_states(api, {"id": str(uuid4())}) == []


def test_a_deleted_run_leaves_no_states(api: httpx.Client) -> None:
    run = made(api, new_task_run())
    ask(api, removal("task_runs", run))
    assert task_run_states(api, run) == []
    assert api.get(f"/task_run_states/{run['state_id']}").status_code == 404


def test_states_are_those_of_the_run_asked_for(api: httpx.Client) -> None:
    run, other = made(api, new_task_run()), made(api, new_task_run(dynamic_key="1"))
    assert task_run_states(api, run) == [run["state"]] != [other["state"]]


@pytest.mark.parametrize(
    ("query", "problem"), [({}, "missing"), ({"task_run_id": "mine"}, "uuid_parsing")]
)
def test_the_run_has_to_be_named(api: httpx.Client, query: dict[str, str], problem: str) -> None:
    answer = api.get("/task_run_states/", params=query)
    assert answer.status_code == 422
    (actual,) = answer.json()["exception_detail"]
    assert (actual["type"], actual["loc"]) == (problem, ["query", "task_run_id"])


def test_an_unpersisted_result_is_answered_and_not_kept(api: httpx.Client) -> None:
    run = made(api, new_task_run())
    unpersisted = {"type": "unpersisted"}
    answer = ask(api, proposal("task_runs", run, "COMPLETED", data=unpersisted)).json()
    assert answer["state"]["data"] == unpersisted
    assert task_run_states(api, run)[-1]["data"] is None
