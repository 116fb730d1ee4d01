"""The runs that schedules create, as clients see them (docs/contract/schedules.md 3)."""

from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.functions.deployments.deploying import (
    Json,
    add_schedules,
    change,
    deployed,
    new_flow,
    path_of_schedules,
)
from tests.support.streaming import Streaming

HOURLY = {"schedule": {"interval": 3600, "anchor_date": "2020-01-01T00:00:00Z"}, "slug": "hourly"}
DAILY = {"schedule": {"cron": "0 3 * * *", "timezone": "Asia/Tokyo"}, "parameters": {"q": 3}}


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> Json:
    return new_flow(api)


def runs_of(api: httpx.Client, deployment: Json) -> list[Json]:
    body = {
        "deployments": {"id": {"any_": [deployment["id"]]}},
        "sort": "NEXT_SCHEDULED_START_TIME_ASC",
    }
    found: list[Json] = api.post("/flow_runs/filter", json=body).raise_for_status().json()
    return found


def act(api: httpx.Client, deployment: Json, verb: str, **body: Any) -> httpx.Response:
    return api.post(f"/deployments/{deployment['id']}/{verb}", json=body).raise_for_status()


def test_a_run_of_a_schedule_is_as_the_references(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(
        api, flow, schedules=[DAILY], parameters={"p": 1, "q": 2}, tags=["a"], version="v"
    )
    (schedule,) = deployment["schedules"]
    runs = runs_of(api, deployment)
    assert len(runs) == 3
    time = datetime.fromisoformat(runs[0]["expected_start_time"])
    assert (time.hour, time.minute) == (18, 0)
    spelled = (time + timedelta(hours=9)).strftime("%Y-%m-%d %H:%M:%S+09:00")
    key = f"scheduled {deployment['id']} {schedule['id']} {spelled}"
    assert (
        runs[0].items()
        >= {
            "idempotency_key": key,
            "parameters": {"p": 1, "q": 3},
            "tags": ["auto-scheduled", "a"],
            "deployment_version": "v",
            "auto_scheduled": True,
            "state_type": "SCHEDULED",
            "state_name": "Scheduled",
            "next_scheduled_start_time": runs[0]["expected_start_time"],
        }.items()
    )
    assert runs[0]["state"]["message"] == "Flow run scheduled"
    creator = {"id": schedule["id"], "type": "SCHEDULE", "display_value": "CronSchedule"}
    assert runs[0]["created_by"] == creator


def test_the_next_run_is_shown_and_handed_out(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, schedules=[HOURLY])
    first = runs_of(api, deployment)[0]
    shown = api.post("/ui/flows/next-runs", json={"flow_ids": [flow["id"]]}).json()
    assert shown[flow["id"]]["id"] == first["id"]
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    asked = {"deployment_ids": [deployment["id"]], "scheduled_before": soon}
    due = api.post("/deployments/get_scheduled_flow_runs", json=asked).json()
    assert [run["id"] for run in due] == [first["id"]]


def test_runs_come_and_go_with_their_schedules(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, schedules=[HOURLY])
    assert len(runs_of(api, deployment)) == 3
    (added,) = add_schedules(api, deployment, DAILY).json()
    assert len(runs_of(api, deployment)) == 6
    api.patch(path_of_schedules(deployment, added), json={"active": False}).raise_for_status()
    assert len(runs_of(api, deployment)) == 3
    act(api, deployment, "pause_deployment")
    assert runs_of(api, deployment) == []
    act(api, deployment, "resume_deployment")
    assert {run["created_by"]["display_value"] for run in runs_of(api, deployment)} == {"hourly"}
    change(api, deployment, tags=["new"]).raise_for_status()
    assert {tuple(run["tags"]) for run in runs_of(api, deployment)} == {("auto-scheduled", "new")}
    api.delete(path_of_schedules(deployment, deployment["schedules"][0])).raise_for_status()
    assert runs_of(api, deployment) == []


def test_runs_of_a_time_are_created_on_demand_also_of_a_paused_deployment(
    api: httpx.Client, flow: Json, stream_on_dynoxide: Streaming
) -> None:
    deployment = deployed(api, flow, schedules=[HOURLY], paused=True)
    between = {"start_time": "2026-01-01T00:30:00", "end_time": "2026-01-01T03:00:00Z"}
    for _ in range(2):
        act(api, deployment, "schedule", **between, min_runs=9)
    starts = [run["expected_start_time"] for run in runs_of(api, deployment)]
    assert [start[11:16] for start in starts] == ["01:00", "02:00", "03:00"]
    stream_on_dynoxide.run_schedule("run_services")
    assert {run["state_name"] for run in runs_of(api, deployment)} == {"Late"}
    act(api, deployment, "schedule", min_runs=1, min_time=0, max_runs=1)
    assert len(runs_of(api, deployment)) == 4


@pytest.mark.parametrize("wrong", [{"start_time": "x"}, {"min_time": "x"}, {"min_runs": 1.5}])
def test_bounds_that_are_none_are_refused(
    api: httpx.Client, flow: Json, wrong: dict[str, object]
) -> None:
    path = f"/deployments/{deployed(api, flow)['id']}/schedule"
    assert api.post(path, json=wrong).status_code == 422


def test_an_unknown_deployment_has_no_runs_to_schedule(api: httpx.Client) -> None:
    answer = api.post("/deployments/00000000-0000-0000-0000-000000000009/schedule", json={})
    assert (answer.status_code, answer.json()) == (200, None)


def test_a_run_that_nobody_starts_is_late(
    api: httpx.Client, flow: Json, stream_on_dynoxide: Streaming
) -> None:
    deployment = deployed(api, flow)
    for seconds in (14, 16):
        time = (datetime.now(UTC) - timedelta(seconds=seconds)).isoformat()
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": time}}
        act(api, deployment, "create_flow_run", state=state)
    stream_on_dynoxide.run_schedule("run_services")
    late, scheduled = runs_of(api, deployment)
    assert (late["state_name"], scheduled["state_name"]) == ("Late", "Scheduled")
    assert late["next_scheduled_start_time"] == late["expected_start_time"]


def test_a_pause_that_is_over_fails(
    api: httpx.Client, flow: Json, stream_on_dynoxide: Streaming
) -> None:
    run = api.post("/flow_runs/", json={"flow_id": flow["id"], "state": {"type": "RUNNING"}}).json()
    over = (datetime.now(UTC) - timedelta(seconds=1)).isoformat()
    paused = {"type": "PAUSED", "name": "Paused", "state_details": {"pause_timeout": over}}
    path = f"/flow_runs/{run['id']}"
    api.post(f"{path}/set_state", json={"state": paused}).raise_for_status()
    stream_on_dynoxide.run_schedule("run_services")
    state = api.get(path).json()["state"]
    assert (state["type"], state["name"]) == ("FAILED", "Failed")
    assert state["message"] == "The flow was paused and never resumed."
