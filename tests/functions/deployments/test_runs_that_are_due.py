"""POST /deployments/get_scheduled_flow_runs, and what else `flow.serve()` asks.

See docs/contract/clients.md 4i.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import httpx
import pytest

from runledger import wiring
from runledger.domain.work_pools import polling
from tests.bench.metering import metered
from tests.store.support.asking import made, new_flow
from tests.store.support.proposing import JSON

DUE = ("2041-01-01T00:00:00Z", "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z")


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def deployed(api: httpx.Client, flow: JSON, name: str) -> str:
    answer = api.post("/deployments/", json={"name": name, "flow_id": flow["id"]})
    return str(answer.raise_for_status().json()["id"])


def started(api: httpx.Client, deployment: str, **state: Any) -> JSON:
    path = f"/deployments/{deployment}/create_flow_run"
    run: JSON = api.post(path, json={"state": state}).raise_for_status().json()
    return run


@pytest.fixture
def deployment(api: httpx.Client) -> str:
    flow = made(api, new_flow())
    deployment, other = (deployed(api, flow, name) for name in ("d", "other"))
    for due in DUE:
        started(
            api, deployment, type="SCHEDULED", name=due[:4], state_details={"scheduled_time": due}
        )
    started(api, deployment, type="PENDING")
    started(api, other, type="SCHEDULED")
    return deployment


def due(api: httpx.Client, *deployments: str, **asked: Any) -> list[str]:
    body = {"deployment_ids": deployments, **asked}
    answer = api.post("/deployments/get_scheduled_flow_runs", json=body)
    return [run["state_name"] for run in answer.raise_for_status().json()]


def test_what_is_due_first_comes_first(api: httpx.Client, deployment: str) -> None:
    assert due(api, deployment) == ["2020", "2030", "2041"]


def test_what_is_due_later_waits(api: httpx.Client, deployment: str) -> None:
    assert due(api, deployment, scheduled_before=DUE[2]) == ["2020", "2030"]


def test_no_more_are_listed_than_asked_for(api: httpx.Client, deployment: str) -> None:
    assert due(api, deployment, limit=1) == ["2020"]


def test_what_others_have_planned_costs_a_poll_nothing(api: httpx.Client, deployment: str) -> None:
    flow = made(api, new_flow())
    client, units = wiring.store().table.client, set[float]()
    for number in range(2):
        hourly = {"schedule": {"interval": 3600}}
        body = {"name": f"{number}", "flow_id": flow["id"], "schedules": [hourly] * 9}
        api.post("/deployments/", json=body).raise_for_status()
        with metered(client) as used:
            assert due(api, deployment, scheduled_before=DUE[1]) == ["2020"]
        units.add(used.read_units)
    assert len(units) == 1


def test_unknown_deployments_have_no_runs(api: httpx.Client, deployment: str) -> None:
    assert due(api, str(uuid4()), deployment) == due(api, deployment)
    assert due(api) == []


def test_nobody_owns_automations(api: httpx.Client) -> None:
    answer = api.delete(f"/automations/owned-by/prefect.deployment.{uuid4()}")
    assert (answer.status_code, answer.json()) == (202, None)


def test_nothing_is_related_to_automations(api: httpx.Client) -> None:
    answer = api.get(f"/automations/related-to/prefect.deployment.{uuid4()}")
    assert (answer.status_code, answer.json()) == (200, [])


def test_the_server_names_no_place_for_results(api: httpx.Client) -> None:
    answer = api.get("/admin/storage")
    assert (answer.status_code, answer.json()) == (200, {"default_result_storage_block_id": None})


def shown(api: httpx.Client, deployment: str) -> list[JSON]:
    """The deployment as a read and a list show it."""
    listed = api.post("/deployments/filter", json={"deployments": {"id": {"any_": [deployment]}}})
    one = api.get(f"/deployments/{deployment}").raise_for_status().json()
    return [one, *listed.raise_for_status().json()]


def test_a_deployment_that_is_served_is_ready_for_a_minute(
    api: httpx.Client, deployment: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert [one["status"] for one in shown(api, deployment)] == ["NOT_READY"] * 2
    began = wiring.now()
    due(api, deployment, str(uuid4()))
    api.patch(f"/deployments/{deployment}", json={"description": "x"}).raise_for_status()
    for one in shown(api, deployment):
        assert one["status"] == "READY"
        assert began <= datetime.fromisoformat(one["last_polled"]) <= wiring.now()
    monkeypatch.setattr(polling, "POLL_TIMEOUT", timedelta(0))
    assert [one["status"] for one in shown(api, deployment)] == ["NOT_READY"] * 2


def test_polls_within_seconds_are_recorded_once(api: httpx.Client, deployment: str) -> None:
    client = wiring.store().table.client
    with metered(client) as first:
        due(api, deployment, deployment, str(uuid4()))
    recorded = shown(api, deployment)[0]["last_polled"]
    with metered(client) as second:
        due(api, deployment)
    assert shown(api, deployment)[0]["last_polled"] == recorded
    # A write that is refused costs as much as another.
    assert (first.calls["UpdateItem"], second.calls["UpdateItem"]) == (1, 0)
