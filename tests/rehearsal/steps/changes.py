"""Effects of writes: the functions that read the table's stream, seen by what they do.

Also the effects of time: the function that a schedule calls.
"""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx

from tests.support.background import set_state
from tests.support.waiting import wait_until

LONGEST = 60.0  # seconds
TWO_TICKS = 150.0  # seconds
LINE = {"name": "n", "level": 20, "message": "m", "timestamp": "2030-01-01T00:00:00Z"}


def follow(api: httpx.Client) -> None:
    """Let what is left of a deleted run be removed, and a cancelled flow run take its task runs."""
    remove_logs(api)
    cancel(api)


def remove_logs(api: httpx.Client) -> None:
    run = make(api, "/task_runs/", task_key="t", dynamic_key=str(uuid4()))
    api.post("/logs/", json=[LINE | {"task_run_id": run}]).raise_for_status()
    assert _lines(api, run) == 1
    api.delete(f"/task_runs/{run}").raise_for_status()
    wait_until(lambda: _lines(api, run) == 0, LONGEST)


def _lines(api: httpx.Client, run: str) -> int:
    of_run = {"logs": {"task_run_id": {"any_": [run]}}}
    return len(api.post("/logs/filter", json=of_run).raise_for_status().json())


def cancel(api: httpx.Client) -> None:
    flow_run = make(api, "/flow_runs/", flow_id=make(api, "/flows/", name="cancelled"))
    _set_flow_run_state(api, flow_run, "RUNNING")
    run = make(api, "/task_runs/", task_key="t", dynamic_key="d", flow_run_id=flow_run)
    above = make(api, "/task_runs/", task_key="t", dynamic_key="above", flow_run_id=flow_run)
    for one in (run, above):
        set_state(api, one, type="RUNNING")
    _set_flow_run_state(api, flow_run, "CANCELLED")
    wait_until(lambda: _read(api, f"/task_runs/{run}")["state_type"] == "CANCELLED", LONGEST)


def start_by_schedule(api: httpx.Client) -> None:
    """Let a schedule make runs at once, and time name the one `Late` that nobody starts."""
    soon = (datetime.now(UTC) + timedelta(seconds=5)).isoformat()
    schedule = {"schedule": {"interval": 3600, "anchor_date": soon}, "active": True}
    flow = make(api, "/flows/", name="scheduled")
    deployment = make(api, "/deployments/", name="d", flow_id=flow, schedules=[schedule])
    asked = {"deployment_ids": [deployment]}
    answer = api.post("/deployments/get_scheduled_flow_runs", json=asked).raise_for_status()
    first, *others = answer.json()
    assert len(others) >= 2
    path = f"/flow_runs/{first['id']}"
    wait_until(lambda: _read(api, path)["state_name"] == "Late", TWO_TICKS)


def _set_flow_run_state(api: httpx.Client, flow_run: str, state: str) -> None:
    asked = {"state": {"type": state}}
    api.post(f"/flow_runs/{flow_run}/set_state", json=asked).raise_for_status()


def make(api: httpx.Client, path: str, **body: object) -> str:
    return str(api.post(path, json=body).raise_for_status().json()["id"])


def _read(api: httpx.Client, path: str) -> Any:  # noqa: ANN401 JSON
    return api.get(path).raise_for_status().json()
