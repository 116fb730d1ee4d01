"""The artifacts of results: one for each state with data, whoever races whom, whichever call fails.

An artifact and its state have the same data, wherever the state is: in its run, among the past
states, or beside the run's item.
"""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any, NamedTuple
from uuid import uuid4

import httpx
import pytest

from runledger.store.dynamodb import large_documents
from runledger.store.runs import past_states
from tests.bench.metering import metered
from tests.store.support.asking import Asked, Asking, Site, ask, ask_at_once, made, persist
from tests.store.support.calls import FAULTS, broken, heard
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

RACERS = 16


def task_run(api: httpx.Client, **fields: object) -> str:
    body = {"task_key": "t", "dynamic_key": str(uuid4()), "name": "n", **fields}
    run_id: str = made(api, Asked("POST", "/task_runs/", body))["id"]
    return run_id


def flow_run(api: httpx.Client) -> str:
    flow = made(api, Asked("POST", "/flows/", {"name": "f"}))
    body = {"flow_id": flow["id"], "name": "n"}
    run_id: str = made(api, Asked("POST", "/flow_runs/", body))["id"]
    return run_id


def proposal(run_id: str, data: object, *, kind: str = "task_runs", **others: object) -> Asked:
    state = {"type": "COMPLETED", "data": data}
    return Asked("POST", f"/{kind}/{run_id}/set_state", {"state": state, "force": True, **others})


def artifacts_of(api: httpx.Client, run_id: str, kind: str = "task_run") -> list[dict[str, Any]]:
    criteria = {f"{kind}_id": {"any_": [run_id]}}
    asked = Asked("POST", "/artifacts/filter", {"artifacts": criteria, "sort": "CREATED_DESC"})
    found: list[dict[str, Any]] = ask(api, asked).raise_for_status().json()
    return found


def data_of_states(api: httpx.Client, run_id: str, kind: str = "task_run") -> list[object]:
    params = {f"{kind}_id": run_id}
    states = api.get(f"/{kind}_states/", params=params).raise_for_status().json()
    return [state["data"] for state in states if state["data"] is not None]


def assert_alike(api: httpx.Client, run_id: str, kind: str = "task_run") -> list[object]:
    """Return the data of a run's states, having compared it with that of the artifacts."""
    data = data_of_states(api, run_id, kind)
    found = [one["data"] for one in artifacts_of(api, run_id, kind) if one["data"] is not None]
    assert sorted(map(str, found)) == sorted(map(str, data))
    return data


@pytest.mark.parametrize("kind", ["task_run", "flow_run"])
def test_of_many_who_complete_a_run_each_state_has_one_artifact(
    api_on_dynoxide: httpx.Client, kind: str
) -> None:
    api = api_on_dynoxide
    run_id = flow_run(api) if kind == "flow_run" else task_run(api)
    asked = [proposal(run_id, number, kind=f"{kind}s") for number in range(1, RACERS + 1)]
    assert {answer.status_code for answer in ask_at_once(api, asked)} <= {201, 503}
    assert len(assert_alike(api, run_id, kind)) == RACERS


def test_who_races_for_a_key_creates_runs_whose_artifacts_have_it(
    api_on_dynoxide: httpx.Client,
) -> None:
    state = {"type": "COMPLETED", "data": {"artifact_key": "k"}}
    bodies = [{"task_key": "t", "dynamic_key": str(n), "state": state} for n in range(RACERS)]
    answers = ask_at_once(api_on_dynoxide, [Asked("POST", "/task_runs/", one) for one in bodies])
    assert {answer.status_code for answer in answers} == {201}
    (latest,) = api_on_dynoxide.post("/artifacts/latest/filter", json={}).json()
    assert latest["key"] == "k"
    found = [artifacts_of(api_on_dynoxide, answer.json()["id"]) for answer in answers]
    assert [[one["key"] for one in some] for some in found] == [["k"]] * RACERS
    assert latest["latest_id"] in {one["id"] for some in found for one in some}


def states_with_data(api: httpx.Client, run_id: str, kind: str = "task_runs") -> None:
    for number in range(1, 7):
        asked = proposal(run_id, {"number": number}, kind=kind)
        assert ask(api, asked).status_code == 201


def test_a_change_and_a_removal_reach_the_state_wherever_it_is(
    api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Two past states in the run's item, the older ones beside it.
    monkeypatch.setattr(past_states, "MAX_TEXT", 700)
    api, run_id = api_on_dynoxide, task_run(api_on_dynoxide)
    states_with_data(api, run_id)
    for number, artifact in enumerate(artifacts_of(api, run_id)):
        asked = Asked("PATCH", f"/artifacts/{artifact['id']}", {"data": {"changed": number}})
        assert ask(api, asked).status_code == 204
    assert assert_alike(api, run_id) == [{"changed": number} for number in reversed(range(6))]
    newest, *older = artifacts_of(api, run_id)
    for artifact in older:
        assert ask(api, Asked("DELETE", f"/artifacts/{artifact['id']}")).status_code == 204
    assert assert_alike(api, run_id) == [newest["data"]]
    assert api.get(f"/task_runs/{run_id}").json()["state"]["data"] == newest["data"]


def test_who_changes_the_results_of_a_run_at_once_changes_all(
    api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(past_states, "MAX_TEXT", 700)
    api, run_id = api_on_dynoxide, task_run(api_on_dynoxide)
    states_with_data(api, run_id)
    found = artifacts_of(api, run_id)
    asked = [Asked("PATCH", f"/artifacts/{one['id']}", {"data": "new"}) for one in found]
    racing = [*asked, proposal(run_id, "new"), proposal(run_id, "new")]
    assert {answer.status_code for answer in ask_at_once(api, racing)} <= {201, 204, 503}
    for one in asked:
        assert persist(api, one).status_code == 204
    assert set(assert_alike(api, run_id)) == {"new"}


def test_a_change_brings_no_deleted_run_back(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    run_id = task_run(api_on_dynoxide)
    states_with_data(api_on_dynoxide, run_id)
    found = artifacts_of(api_on_dynoxide, run_id)
    deletion = Asked("DELETE", f"/task_runs/{run_id}")
    changes = [Asked("PATCH", f"/artifacts/{one['id']}", {"data": 1}) for one in found]
    answers = ask_at_once(api_on_dynoxide, [deletion, *changes])
    assert {answer.status_code for answer in answers} == {204}
    left = {key.pk for key in scan(on_dynoxide) if run_id in key.pk}
    assert left == set()
    assert len(artifacts_of(api_on_dynoxide, run_id)) == len(found)


def change(api: httpx.Client) -> Asked:
    states_with_data(api, run_id := task_run(api))
    return Asked("PATCH", f"/artifacts/{artifacts_of(api, run_id)[3]['id']}", {"data": "new"})


def removal(api: httpx.Client) -> Asked:
    return change(api)._replace(method="DELETE", body=None)


def completion(api: httpx.Client) -> Asked:
    return proposal(task_run(api), {"artifact_key": "k"})


def creation(_: httpx.Client) -> Asked:
    state = {"type": "COMPLETED", "data": {"artifact_type": "t"}}
    return Asked("POST", "/task_runs/", {"task_key": "t", "dynamic_key": "new", "state": state})


def flow_run_completion(api: httpx.Client) -> Asked:
    return proposal(flow_run(api), 1, kind="flow_runs")


OPERATIONS: Mapping[Asking, int] = {
    change: 3,
    removal: 3,
    completion: 3,
    creation: 1,
    flow_run_completion: 2,
}
STEPS = [(operation, call) for operation, calls in OPERATIONS.items() for call in range(calls)]


def runs(api: httpx.Client) -> Iterator[tuple[str, str]]:
    for kind in ("task_run", "flow_run"):
        for run in api.post(f"/{kind}s/filter", json={}).raise_for_status().json():
            yield run["id"], kind


@pytest.mark.parametrize(("operation", "call"), STEPS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("_no_pauses")
def test_whichever_call_fails_each_state_has_its_artifact(
    site_on_dynoxide: Site, operation: Asking, call: int, fault: str
) -> None:
    api, _, client = site_on_dynoxide
    asked = operation(api)
    with broken(client, FAULTS[fault], first=call):
        assert ask(api, asked).status_code == httpx.codes.SERVICE_UNAVAILABLE
    for run_id, kind in runs(api):
        assert_alike(api, run_id, kind)
    with heard(client) as calls:
        assert persist(api, asked).status_code in {200, 201, 204, 404}
    if fault == "not done":
        assert len(calls) == OPERATIONS[operation]
    for run_id, kind in runs(api):
        assert_alike(api, run_id, kind)


class Cost(NamedTuple):
    """Units of write, without data and with some."""

    without: float
    with_data: float


# A transaction costs twice the units of one item. The artifact takes two, and an entry each by id,
# by time, by flow run and by task run.
COSTS = {
    "task run": Cost(4, 10),
    "task run in a flow run": Cost(4, 11),
    "flow run": Cost(9, 16),
}


def runs_to_complete(api: httpx.Client) -> Iterator[tuple[str, Asking]]:
    run_id = flow_run(api)
    yield "task run", lambda api: proposal(task_run(api), None)
    yield "task run in a flow run", lambda api: proposal(task_run(api, flow_run_id=run_id), None)
    yield "flow run", lambda api: proposal(flow_run(api), None, kind="flow_runs")


def units(site: Site, asking: Asking, data: object) -> float:
    """The least that it takes: a run that does not end soon takes a unit more."""
    return min(units_once(site, asking(site.api), data) for _ in range(3))


def units_once(site: Site, asked: Asked, data: object) -> float:
    asked.body["state"]["data"] = data
    with metered(site.client) as usage:
        assert ask(site.api, asked).status_code == 201
    return usage.write_units


def test_data_cost_what_an_artifact_costs(site_on_dynoxide: Site) -> None:
    site = site_on_dynoxide
    costs = {
        name: Cost(units(site, asking, None), units(site, asking, {"a": 1}))
        for name, asking in runs_to_complete(site.api)
    }
    assert costs == COSTS


@pytest.mark.usefixtures("in_pieces")
def test_data_of_any_size_change_with_their_artifact(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB, stream_on_dynoxide: Streaming
) -> None:
    api, run_id = api_on_dynoxide, task_run(api_on_dynoxide)
    for data in ("a", "b"):
        assert ask(api, proposal(run_id, {"text": data * 50_000})).status_code == 201
    for number, artifact in enumerate(artifacts_of(api, run_id)):
        asked = Asked("PATCH", f"/artifacts/{artifact['id']}", {"data": [f"{number}" * 50_000]})
        assert ask(api, asked).status_code == 204
    assert assert_alike(api, run_id) == [["1" * 50_000], ["0" * 50_000]]
    for artifact in artifacts_of(api, run_id):
        assert ask(api, Asked("DELETE", f"/artifacts/{artifact['id']}")).status_code == 204
    assert assert_alike(api, run_id) == []
    stream_on_dynoxide.pump()
    later = datetime(2100, 1, 1, tzinfo=UTC)
    assert not list(large_documents.orphans(list(scan(on_dynoxide).values()), later))
