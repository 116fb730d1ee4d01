"""PATCH /flow_runs/{id}: what may change outside a run's states.

See docs/contract/neighbours.md 3.2.
"""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from tests.store.support.asking import ask, made, new_flow, new_flow_run
from tests.store.support.proposing import JSON, proposal, read

CHANGES: dict[str, Any] = {
    "name": "other",
    "flow_version": "2",
    "parameters": {"x": 1},
    "tags": ["a", "b"],
    "infrastructure_pid": "host:7",
}
BOOKKEEPING = ("updated", "estimated_run_time", "estimated_start_time_delta")


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def new_run(api: httpx.Client, **fields: Any) -> JSON:
    run: JSON = made(api, new_flow_run(made(api, new_flow())["id"], **fields))
    return run


def change(api: httpx.Client, run: JSON, changes: JSON) -> httpx.Response:
    return api.patch(f"/flow_runs/{run['id']}", json=changes)


@pytest.mark.parametrize("field", CHANGES)
def test_a_field_that_is_sent_changes_and_no_other(api: httpx.Client, field: str) -> None:
    run = new_run(api)
    assert change(api, run, {field: CHANGES[field]}).status_code == 204
    seen = read(api, "flow_runs", run)
    assert seen == run | {field: CHANGES[field]} | {name: seen[name] for name in BOOKKEEPING}


def test_a_policy_is_replaced_as_a_whole(api: httpx.Client) -> None:
    run = new_run(api, empirical_policy={"retries": 3, "retry_delay": 5})
    change(api, run, {"empirical_policy": {"retries": 1}})
    policy = read(api, "flow_runs", run)["empirical_policy"]
    assert (policy["retries"], policy["retry_delay"]) == (1, None)


@pytest.mark.parametrize("name", [None, ""])
def test_no_name_asks_for_a_new_one(api: httpx.Client, name: str | None) -> None:
    run = new_run(api)
    change(api, run, {"name": name})
    assert read(api, "flow_runs", run)["name"] not in {run["name"], name}


def test_nothing_sent_changes_nothing_but_the_time_of_change(api: httpx.Client) -> None:
    run = new_run(api)
    assert change(api, run, {}).status_code == 204
    seen = read(api, "flow_runs", run)
    assert seen["updated"] > run["updated"]
    assert {name: seen[name] for name in CHANGES} == {name: run[name] for name in CHANGES}


def test_a_change_leaves_the_state_alone(api: httpx.Client) -> None:
    run = new_run(api, state={"type": "RUNNING"})
    change(api, run, CHANGES)
    assert read(api, "flow_runs", run)["state"] == run["state"]


def test_a_policy_that_was_changed_decides_what_follows(api: httpx.Client) -> None:
    run = new_run(api, state={"type": "RUNNING"})
    change(api, run, {"empirical_policy": {"retries": 1}})
    answer = ask(api, proposal("flow_runs", run, "FAILED")).json()
    assert answer["state"]["name"] == "AwaitingRetry"


@pytest.mark.parametrize("changes", [CHANGES, {"job_variables": {}}], ids=len)
def test_an_unknown_run_is_not_found(api: httpx.Client, changes: JSON) -> None:
    answer = change(api, {"id": str(uuid4())}, changes)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Flow run not found"})


@pytest.mark.parametrize("key", ["id", "flow_id", "state", "labels", "start_time", "nonsense"])
def test_other_keys_are_refused(api: httpx.Client, key: str) -> None:
    answer = change(api, new_run(api), {key: None})
    assert answer.status_code == 422
    assert [problem["type"] for problem in answer.json()["exception_detail"]] == ["extra_forbidden"]


@pytest.mark.parametrize("kind", ["PENDING", "RUNNING", "COMPLETED"])
def test_job_variables_change_only_while_a_run_is_scheduled(api: httpx.Client, kind: str) -> None:
    answer = change(api, new_run(api, state={"type": kind}), {"job_variables": {"a": 1}})
    actual = f"Job variables for a flow run in state {kind} cannot be updated"
    assert (answer.status_code, answer.json()) == (400, {"detail": actual})


@pytest.mark.parametrize("deployment", [None, str(UUID(int=9))])
def test_job_variables_need_a_deployment(api: httpx.Client, deployment: str | None) -> None:
    run = new_run(api, state={"type": "SCHEDULED"}, deployment_id=deployment)
    answer = change(api, run, {"job_variables": {"a": 1}})
    actual = "A deployment for the flow run could not be found"
    assert (answer.status_code, answer.json()) == (400, {"detail": actual})
    assert read(api, "flow_runs", run)["job_variables"] == run["job_variables"]


def test_job_variables_of_a_deployments_run_change(api: httpx.Client) -> None:
    asked = {"name": "nightly", "flow_id": made(api, new_flow())["id"]}
    deployment = api.post("/deployments/", json=asked).json()
    run = api.post(f"/deployments/{deployment['id']}/create_flow_run", json={}).json()
    assert change(api, run, {"job_variables": {"a": 1}}).status_code == 204
    assert read(api, "flow_runs", run)["job_variables"] == {"a": 1}


def test_job_variables_can_be_taken_away_whenever(api: httpx.Client) -> None:
    run = new_run(api, state={"type": "RUNNING"}, job_variables={"a": 1})
    assert change(api, run, {"job_variables": None}).status_code == 204
    assert read(api, "flow_runs", run)["job_variables"] is None
