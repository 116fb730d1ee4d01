"""Requests that delete many objects, or propose a state for many flow runs."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import httpx
import pytest

from runledger import wiring
from runledger.domain.errors import Unavailable
from runledger.domain.orchestration.clients import ClientVersions
from runledger.domain.runs.states import State, StateType
from runledger.service.bulk import NO_TIME
from runledger.service.runs import bulk_states, flow_run_deletion
from runledger.store.dynamodb.calls import Deadline
from tests.store.support.asking import made, new_flow, new_flow_run, new_task_run

NOW = datetime.now(UTC)
OVER = Deadline(NOW, lambda: NOW)


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> str:
    return str(made(api, new_flow())["id"])


def runs(api: httpx.Client, flow: str, *names: str) -> dict[str, str]:
    return {name: made(api, new_flow_run(flow, name=name))["id"] for name in names}


def named(*names: str) -> dict[str, object]:
    return {"name": {"any_": [*names]}}


def test_of_matching_flow_runs_as_many_are_deleted_as_may_be(api: httpx.Client, flow: str) -> None:
    created = runs(api, flow, "a", "b", "c", "kept")
    inside = made(api, new_task_run(flow_run_id=created["a"]))["id"]
    chosen = {"flow_runs": named("a", "b", "c")}
    answers = [
        api.post("/flow_runs/bulk_delete", json=chosen | {"limit": limit}).raise_for_status()
        for limit in (2, 50)
    ]
    first, rest = (answer.json()["deleted"] for answer in answers)
    assert (len(first), len(rest)) == (2, 1)
    assert {*first, *rest} == {created[name] for name in "abc"}
    assert api.get(f"/task_runs/{inside}").status_code == httpx.codes.NOT_FOUND
    assert [run["name"] for run in api.post("/flow_runs/filter").json()] == ["kept"]


def test_a_deletion_without_a_filter_is_of_all(api: httpx.Client, flow: str) -> None:
    runs(api, flow, "a", "b")
    made_of = {"name": "d", "flow_id": flow}
    deployment = api.post("/deployments/", json=made_of).raise_for_status().json()["id"]
    deleted = api.post("/deployments/bulk_delete").raise_for_status().json()["deleted"]
    assert deleted == [deployment]
    assert api.post("/flows/bulk_delete", json={}).json() == {"deleted": [flow]}
    for noun in ("flows", "flow_runs", "deployments"):
        assert api.post(f"/{noun}/filter").json() == []


def test_what_a_deletion_has_no_time_for_is_left_to_the_stream(
    api: httpx.Client, flow: str
) -> None:
    run = UUID(runs(api, flow, "a")["a"])
    inside = made(api, new_task_run(flow_run_id=str(run)))["id"]
    store = wiring.store()
    assert flow_run_deletion.delete_all(store, [run], OVER, now=NOW) == [run]
    assert api.get(f"/flow_runs/{run}").status_code == httpx.codes.NOT_FOUND
    assert api.get(f"/task_runs/{inside}").is_success
    with pytest.raises(Unavailable):
        flow_run_deletion.remove_rest(store.with_deadline(OVER), run, now=NOW)


def test_each_flow_run_has_a_state_of_its_own_and_an_outcome(api: httpx.Client, flow: str) -> None:
    created = runs(api, flow, "a", "b")
    api.post(f"/flow_runs/{created['a']}/set_state", json={"state": {"type": "SCHEDULED"}})
    body = {"flow_runs": named("a", "b"), "state": {"type": "PENDING", "message": "m"}}
    results = api.post("/flow_runs/bulk_set_state", json=body).raise_for_status().json()["results"]
    found = {result["flow_run_id"]: result for result in results}
    assert {run: one["state"]["state_details"]["flow_run_id"] for run, one in found.items()} == {
        run: run for run in created.values()
    }
    assert [found[created[name]]["status"] for name in "ab"] == ["ACCEPT", "ABORT"]
    alone = api.post(f"/flow_runs/{created['b']}/set_state", json={"state": body["state"]}).json()
    assert {"flow_run_id": created["b"], **alone} == found[created["b"]]


def test_a_flow_run_that_is_gone_or_has_no_time_left_gets_a_reason(
    api: httpx.Client, flow: str
) -> None:
    run = UUID(runs(api, flow, "a")["a"])
    gone = uuid4()
    state = State(id=gone, type=StateType.RUNNING, name="Running", timestamp=NOW)

    def outcomes(deadline: Deadline) -> list[object]:
        proposed = bulk_states.set_states(
            wiring.store(),
            [gone, run],
            lambda: state,
            deadline,
            force=False,
            now=NOW,
            client=ClientVersions(),
        )
        return [outcome for _, outcome in proposed]

    assert outcomes(OVER) == [NO_TIME, NO_TIME]
    assert api.get(f"/flow_runs/{run}").json()["state_type"] == "PENDING"
    unknown, decision = outcomes(Deadline(NOW + timedelta(seconds=9), lambda: NOW))
    assert unknown == f"Flow run with id {gone} not found"
    assert decision is not NO_TIME
    assert api.get(f"/flow_runs/{run}").json()["state_type"] == "RUNNING"
