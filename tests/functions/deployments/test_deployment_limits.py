"""Limits of deployments, as clients make and see them, and what they do to runs."""

from datetime import UTC, datetime, timedelta

import httpx
import pytest

from tests.functions.deployments.deploying import Json, change, deploy, deployed, new_flow, shown
from tests.functions.deployments.deploying import started as create_run
from tests.support.streaming import Streaming

LIMITS = "/v2/concurrency_limits"


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> Json:
    return new_flow(api)


def enter(api: httpx.Client, run: Json, kind: str, version: str = "3.9.1") -> Json:
    sent_by = {"user-agent": f"prefect/{version} (API 0.8.4)"}
    asked = {"state": {"type": kind}}
    answer = api.post(f"/flow_runs/{run['id']}/set_state", json=asked, headers=sent_by)
    state: Json = answer.raise_for_status().json()["state"]
    return state


def active_slots(api: httpx.Client, deployment: Json) -> int:
    number: int = shown(api, deployment)["global_concurrency_limit"]["active_slots"]
    return number


def test_a_number_makes_changes_and_removes_a_limit(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, concurrency_limit=2)
    limit = deployment["global_concurrency_limit"]
    assert (limit["name"], limit["limit"]) == (f"deployment:{deployment['id']}", 2)
    assert deployment["concurrency_limit"] is None
    assert api.get(f"{LIMITS}/{limit['id']}").json() == limit
    assert deployed(api, flow, tags=["other"])["global_concurrency_limit"] == limit
    change(api, deployment, concurrency_limit=5).raise_for_status()
    (listed,) = api.post("/deployments/filter").json()
    assert listed["global_concurrency_limit"]["limit"] == 5
    assert listed == shown(api, deployment)
    change(api, deployment, concurrency_limit=None).raise_for_status()
    assert shown(api, deployment)["global_concurrency_limit"] is None
    assert api.post(f"{LIMITS}/filter", json={}).json() == []


def test_a_shared_limit_is_that_of_each_deployment_until_it_goes(
    api: httpx.Client, flow: Json
) -> None:
    limit = api.post(f"{LIMITS}/", json={"name": "shared", "limit": 1}).json()["id"]
    first, second = (
        deployed(api, flow, name=name, global_concurrency_limit_id=limit) for name in "ab"
    )
    enter(api, create_run(api, first), "PENDING")
    assert active_slots(api, second) == 1
    assert enter(api, create_run(api, second), "PENDING")["name"] == "AwaitingConcurrencySlot"
    api.delete(f"/deployments/{first['id']}").raise_for_status()
    assert shown(api, second)["global_concurrency_limit"] is None
    unknown = deploy(api, flow, global_concurrency_limit_id=limit)
    assert unknown.status_code == httpx.codes.NOT_FOUND


def test_the_name_of_an_own_limit_may_be_taken(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow)
    taken = {"name": f"deployment:{deployment['id']}", "limit": 1}
    api.post(f"{LIMITS}/", json=taken).raise_for_status()
    refused = change(api, deployment, concurrency_limit=1, tags=["new"])
    assert refused.status_code == httpx.codes.CONFLICT
    assert shown(api, deployment)["tags"] == []


@pytest.mark.parametrize(("version", "outcome"), [("3.9.1", "Cancelled"), ("3.4.10", "Running")])
def test_only_a_client_that_renews_leases_can_lose_a_slot(
    api: httpx.Client, flow: Json, version: str, outcome: str
) -> None:
    deployment = deployed(api, flow, concurrency_limit=1)
    first, second = (create_run(api, deployment) for _ in range(2))
    lease = enter(api, first, "PENDING")["state_details"]["deployment_concurrency_lease_id"]
    api.post(f"{LIMITS}/decrement-with-lease", json={"lease_id": lease}).raise_for_status()
    enter(api, second, "PENDING")
    assert enter(api, first, "RUNNING", version)["name"] == outcome
    assert active_slots(api, deployment) == 1


AFTER_COLLISION = {
    "ENQUEUE": ("Late", None),
    "CANCEL_NEW": ("Cancelled", "Deployment concurrency limit reached."),
}


@pytest.mark.parametrize("strategy", AFTER_COLLISION)
def test_a_late_run_of_a_full_deployment_waits_or_is_cancelled(
    api: httpx.Client, flow: Json, stream_on_dynoxide: Streaming, strategy: str
) -> None:
    options = {"collision_strategy": strategy}
    deployment = deployed(api, flow, concurrency_limit=1, concurrency_options=options)
    enter(api, create_run(api, deployment), "PENDING")
    time = (datetime.now(UTC) - timedelta(seconds=16)).isoformat()
    overdue = {"type": "SCHEDULED", "state_details": {"scheduled_time": time}}
    runs = [create_run(api, deployment, state=overdue) for _ in range(2)]
    # A client may still name a run late.
    late = {"state": {"type": "SCHEDULED", "name": "Late"}}
    api.post(f"/flow_runs/{runs[1]['id']}/set_state", json=late).raise_for_status()
    stream_on_dynoxide.run_schedule("run_services")
    states = [api.get(f"/flow_runs/{run['id']}").json()["state"] for run in runs]
    assert [(one["name"], one["message"]) for one in states] == [
        AFTER_COLLISION[strategy],
        ("Late", None),
    ]
    assert active_slots(api, deployment) == 1
