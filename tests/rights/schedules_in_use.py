"""A deployment's schedules, used so that every right is needed."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from itertools import count

import httpx

from local.functions import Functions
from tests.rights.limits_in_use import fill
from tests.support.databases import TEMPLATE

HOURLY = {"schedule": {"interval": 3600}}

DAYS = count(1)


def use_schedules(api: httpx.Client, flow: str) -> None:
    """Let a deployment get schedules, change and pause with them, and lose them."""
    made = {"name": "scheduled", "flow_id": flow, "schedules": [HOURLY]}
    deployment = _do(api.post("/deployments/", json=made)).json()["id"]
    path = f"/deployments/{deployment}"
    _overdue(api, path)
    _do(api.post("/deployments/", json=made))
    _overdue(api, path)
    added = _do(api.post(f"{path}/schedules", json=[HOURLY]))
    schedule = f"{path}/schedules/{added.json()[0]['id']}"
    _overdue(api, path)
    _do(api.patch(schedule, json={"parameters": {"p": 1}}))
    _do(api.get(f"{path}/schedules"))
    _overdue(api, path)
    _do(api.patch(path, json={"schedules": [HOURLY, HOURLY]}))
    schedule = f"{path}/schedules/{_do(api.get(f'{path}/schedules')).json()[0]['id']}"
    for verb in ("pause", "resume"):
        _overdue(api, path)
        _do(api.post(f"{path}/{verb}_deployment"))
    _overdue(api, path)
    _do(api.delete(schedule))


def use_services(api: httpx.Client, flow: str, become: Callable[[str], None]) -> None:
    """Let a tick do all that it can do."""
    made = {"name": "ticking", "flow_id": flow, "schedules": [HOURLY]}
    path = f"/deployments/{_do(api.post('/deployments/', json=made)).json()['id']}"
    _overdue(api, path)
    _fill_and_be_late(api, flow)
    become("run_services")
    Functions(TEMPLATE).call("run_services", {})


def _fill_and_be_late(api: httpx.Client, flow: str) -> None:
    """Create a late run whose deployment cancels it, unless an expired lease makes room."""
    options = {"concurrency_limit": 1, "concurrency_options": {"collision_strategy": "CANCEL_NEW"}}
    made = {"name": "full", "flow_id": flow, **options}
    deployment = _do(api.post("/deployments/", json=made)).json()["id"]
    fill(api, f"deployment:{deployment}")
    late = (datetime.now(UTC) - timedelta(hours=1)).isoformat()
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": late}}
    _do(api.post(f"/deployments/{deployment}/create_flow_run", json={"state": state}))


def _overdue(api: httpx.Client, path: str) -> None:
    """Create runs that are overdue: twice, so that they are found the second time."""
    start = datetime.now(UTC) - timedelta(days=next(DAYS))
    asked = {
        "start_time": start.isoformat(),
        "end_time": (start + timedelta(hours=3)).isoformat(),
    }
    for _ in range(2):
        _do(api.post(f"{path}/schedule", json=asked))


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
