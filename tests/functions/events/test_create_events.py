"""POST /events, and what GET tells of the task runs that it reports."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.reporting.building import FLOW_RUN_ID, JSON, RUN_ID, body
from tests.store.support.asking import made, new_task_run


def report(api: httpx.Client, *events: JSON) -> httpx.Response:
    return api.post("/events", json=events)


def read(api: httpx.Client, run_id: object = RUN_ID) -> Any:  # noqa: ANN401 - JSON
    return api.get(f"/task_runs/{run_id}").raise_for_status().json()


def entered(api: httpx.Client, run_id: object = RUN_ID) -> list[str]:
    states = api.get("/task_run_states/", params={"task_run_id": str(run_id)}).json()
    return [state["type"] for state in states]


def test_a_reported_run_is_there_with_its_states(api: httpx.Client) -> None:
    answer = report(api, body(1, "PENDING"), body(2), body(3, "COMPLETED"))
    assert (answer.status_code, answer.content) == (204, b"")
    assert read(api)["state_type"] == "COMPLETED"
    assert entered(api) == ["PENDING", "RUNNING", "COMPLETED"]


def test_states_that_come_late_complete_the_history(api: httpx.Client) -> None:
    for event in (body(3, "COMPLETED"), body(2), body(1, "PENDING"), body(2)):
        report(api, event)
    assert read(api)["state_type"] == "COMPLETED"
    assert entered(api) == ["PENDING", "RUNNING", "COMPLETED"]


def test_a_run_of_an_unknown_flow_run_is_kept(api: httpx.Client) -> None:
    report(api, body(flow_run_id=FLOW_RUN_ID))
    assert read(api)["flow_run_id"] == str(FLOW_RUN_ID)
    assert api.delete(f"/flow_runs/{FLOW_RUN_ID}").status_code == 404
    assert api.get(f"/task_runs/{RUN_ID}").status_code == 404


def test_an_id_that_reports_anothers_key_is_never_readable(api: httpx.Client) -> None:
    other = uuid4()
    report(api, body(1, flow_run_id=FLOW_RUN_ID))
    report(api, body(2, "COMPLETED", flow_run_id=FLOW_RUN_ID, run_id=other))
    assert read(api)["state"]["state_details"]["task_run_id"] == str(RUN_ID)
    assert read(api)["state_type"] == "COMPLETED"
    assert api.get(f"/task_runs/{other}").status_code == 404


def test_a_run_that_gets_another_key_leaves_its_own_to_others(api: httpx.Client) -> None:
    report(api, body(1, flow_run_id=FLOW_RUN_ID))
    report(api, body(2, flow_run_id=FLOW_RUN_ID, run={"dynamic_key": "other"}))
    report(api, body(3, flow_run_id=FLOW_RUN_ID, run_id=(another := uuid4())))
    assert (read(api)["dynamic_key"], read(api, another)["dynamic_key"]) == ("other", "d")


def test_a_deleted_run_comes_back_with_its_new_states(api: httpx.Client) -> None:
    report(api, body(1, "PENDING"), body(2))
    api.delete(f"/task_runs/{RUN_ID}")
    report(api, body(3, "COMPLETED"), body(2))
    assert entered(api) == ["COMPLETED"]


def test_a_created_run_is_moved_on_by_events_and_by_proposals(api: httpx.Client) -> None:
    run = made(api, new_task_run(state={"type": "SCHEDULED"}))
    key = {name: run[name] for name in ("task_key", "dynamic_key")}
    began = {"occurred": "2999-01-01T00:00:00Z"}
    report(api, body(1, "RUNNING", run_id=run["id"], run=key, **began))
    answer = api.post(f"/task_runs/{run['id']}/set_state", json={"state": {"type": "COMPLETED"}})
    assert answer.json()["status"] == "ACCEPT"
    assert read(api, run["id"])["end_time"] == "2999-01-01T00:00:00.000001Z"
    assert entered(api, run["id"]) == ["SCHEDULED", "RUNNING", "COMPLETED"]


def test_the_event_of_a_state_that_was_proposed_says_nothing_new(api: httpx.Client) -> None:
    run = made(api, new_task_run(state={"type": "SCHEDULED"}))
    proposed = {"id": run["state_id"], "occurred": run["state"]["timestamp"]}
    report(api, body(1, "SCHEDULED", run_id=run["id"], run={"name": "other"}, **proposed))
    assert read(api, run["id"])["name"] == run["name"]
    assert entered(api, run["id"]) == ["SCHEDULED"]


@pytest.mark.parametrize("bad", [{"payload": {}}, {"event": "prefect.task-run"}])
def test_an_event_that_says_nothing_of_a_run_does_not_keep_others_from_it(
    api: httpx.Client, bad: JSON
) -> None:
    assert report(api, body(1, **bad, run_id=uuid4()), body(2)).status_code == 204
    assert read(api)["state_type"] == "RUNNING"


def test_a_list_with_something_that_is_no_event_is_refused(api: httpx.Client) -> None:
    answer = report(api, body(1), body(2, resource={}))
    assert answer.status_code == 422
    assert answer.json()["exception_detail"][0]["loc"] == ["body", 1, "resource"]
    assert api.get(f"/task_runs/{RUN_ID}").status_code == 404


def test_an_event_that_no_item_holds_has_its_effect_as_others_do(api: httpx.Client) -> None:
    large = body(1, state={"message": "x" * 500_000})
    assert report(api, large, body(2, "COMPLETED")).status_code == 204
    assert entered(api) == ["RUNNING", "COMPLETED"]
