"""Endpoints that only Prefect's site uses."""

from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import flow_run_id, made, new_flow, new_flow_run, new_task_run
from tests.store.support.proposing import JSON


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def shown(api: httpx.Client, run: JSON) -> JSON:
    found: JSON = api.get(f"/ui/task_runs/{run['id']}").raise_for_status().json()
    return found


def test_a_task_run_is_shown_with_the_name_of_its_flow_run(api: httpx.Client) -> None:
    within = flow_run_id(api)
    name = api.get(f"/flow_runs/{within}").json()["name"]
    found = shown(api, made(api, new_task_run(flow_run_id=within)))
    assert (found["flow_run_id"], found["flow_run_name"]) == (within, name)


def test_a_task_run_outside_of_flow_runs_is_shown_without_such_a_name(api: httpx.Client) -> None:
    found = shown(api, made(api, new_task_run()))
    assert (found["state_type"], found["flow_run_name"]) == ("PENDING", None)


def test_task_runs_are_counted_without_those_that_subflow_runs_stand_for(
    api: httpx.Client,
) -> None:
    within, other = flow_run_id(api), str(uuid4())
    runs = [made(api, new_task_run(flow_run_id=within, dynamic_key=key)) for key in "abc"]
    flow = api.get(f"/flow_runs/{within}").json()["flow_id"]
    made(api, new_flow_run(flow, parent_task_run_id=runs[0]["id"]))
    asked = {"flow_run_ids": [within, other]}
    assert api.post("/ui/flow_runs/count-task-runs", json=asked).json() == {within: 2, other: 0}


def test_the_history_tells_when_each_flow_run_starts(api: httpx.Client) -> None:
    run = api.get(f"/flow_runs/{flow_run_id(api)}").json()
    (actual,) = api.post("/ui/flow_runs/history", json={}).json()
    assert (actual["id"], actual["state_type"]) == (run["id"], "PENDING")
    assert actual["timestamp"] == run["expected_start_time"]


def test_there_are_no_work_pools(api: httpx.Client) -> None:
    assert api.post("/work_pools/filter", json={}).json() == []


def test_task_runs_are_counted_by_the_type_of_their_state(api: httpx.Client) -> None:
    runs = [made(api, new_task_run(dynamic_key=key)) for key in "abc"]
    proposed = {"state": {"type": "RUNNING"}}
    api.post(f"/task_runs/{runs[0]['id']}/set_state", json=proposed).raise_for_status()
    counted = api.post("/ui/task_runs/count", json={}).json()
    assert {kind: number for kind, number in counted.items() if number} == {
        "PENDING": 2,
        "RUNNING": 1,
    }


def test_the_next_run_of_a_flow_is_the_one_that_starts_first(api: httpx.Client) -> None:
    flow = made(api, new_flow())["id"]
    times = [{"scheduled_time": f"{year}-01-01T00:00:00Z"} for year in (2042, 2041, 2043)]
    states = [{"type": "SCHEDULED", "state_details": time} for time in times]
    due = [made(api, new_flow_run(flow, state=state)) for state in states]
    actual = api.post("/ui/flows/next-runs", json={"flow_ids": [flow]}).json()
    assert actual[flow]["id"] == due[1]["id"]


def test_the_site_reports_nothing_to_anybody(api: httpx.Client) -> None:
    assert api.get("/admin/settings").json()["server"]["analytics_enabled"] is False
