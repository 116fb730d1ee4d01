"""GET /flow_run_states: what a flow run has been in."""

from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import ask, made, new_flow, new_flow_run, new_task_run, removal
from tests.store.support.proposing import JSON, proposal


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def run(api: httpx.Client) -> JSON:
    run: JSON = made(api, new_flow_run(made(api, new_flow())["id"]))
    return run


def states(api: httpx.Client, run: JSON) -> list[JSON]:
    answer = api.get("/flow_run_states/", params={"flow_run_id": run["id"]})
    found: list[JSON] = answer.raise_for_status().json()
    return found


def test_states_are_listed_from_the_first_to_the_last(api: httpx.Client, run: JSON) -> None:
    for kind in ("RUNNING", "COMPLETED"):
        ask(api, proposal("flow_runs", run, kind))
    assert [state["name"] for state in states(api, run)] == ["Pending", "Running", "Completed"]


def test_a_state_that_was_left_can_still_be_read(api: httpx.Client, run: JSON) -> None:
    ask(api, proposal("flow_runs", run, "RUNNING"))
    assert api.get(f"/flow_run_states/{run['state_id']}").json() == run["state"]


def test_a_state_of_a_task_run_is_none_of_a_flow_run(api: httpx.Client) -> None:
    state = made(api, new_task_run())["state"]
    answer = api.get(f"/flow_run_states/{state['id']}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Flow run state not found"})


def test_an_unknown_run_has_been_in_no_state(api: httpx.Client) -> None:
    assert states(api, {"id": str(uuid4())}) == []


def test_a_deleted_run_leaves_no_states(api: httpx.Client, run: JSON) -> None:
    ask(api, removal("flow_runs", run))
    assert states(api, run) == []
    assert api.get(f"/flow_run_states/{run['state_id']}").status_code == 404
