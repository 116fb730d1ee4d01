"""Pieces of large documents go with their items, and nobody sees half a document."""

import time
from collections.abc import Iterator
from random import Random
from typing import Any

import httpx
import pytest

from runledger.store.dynamodb import large_documents
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER, Key
from tests.store.support.asking import (
    Asked,
    Asking,
    Site,
    ask,
    ask_at_once,
    made,
    new_flow,
    new_flow_run,
    new_task_run,
    persist,
    removal,
)
from tests.store.support.calls import FAULTS, broken, heard, preceded
from tests.store.support.contents import left, scan
from tests.support.databases import DynamoDB
from tests.support.removals import Removals

pytestmark = pytest.mark.usefixtures("_no_pauses")

# More than an item takes of a document, of which half stays in the item.
LARGE = 40_000  # bytes


@pytest.fixture
def site(site_on_dynoxide: Site) -> Site:
    return site_on_dynoxide


@pytest.fixture
def removals(site: Site) -> Removals:
    return Removals(site.database)


def text(seed: object) -> str:
    return Random(str(seed)).randbytes(LARGE // 2).hex()  # noqa: S311 - the same at each run


def inputs(seed: object) -> dict[str, Any]:
    return {"x": [{"input_type": "parameter", "name": text(("inputs", seed))}]}


def proposal(run: dict[str, Any], kind: str, seed: object, of: str = "task_runs") -> Asked:
    state = {"type": kind, "message": text(seed)}
    return Asked("POST", f"/{of}/{run['id']}/set_state", {"state": state})


def named_and_there(database: DynamoDB) -> tuple[set[Key], set[Key]]:
    """The pieces that items name, and those that are there."""
    table = scan(database)
    named = {
        key
        for item in table.values()
        for one in large_documents.references(item).values()
        for key in one.keys(item["pk"])
    }
    return named, {key for key in table if key.sk.startswith(keys.DOCUMENT_PIECE)}


def create_large_run(_: httpx.Client) -> Asked:
    return new_task_run(task_inputs=inputs("run"), state={"type": "PENDING", "message": text("p")})


def create_large_flow_run(api: httpx.Client) -> Asked:
    flow = made(api, new_flow())["id"]
    return new_flow_run(flow, parameters={"x": text("f")}, idempotency_key="k")


def fail_large_run(api: httpx.Client) -> Asked:
    run = made(api, create_large_run(api))
    return proposal(run, "FAILED", "f")


def fail_large_flow_run(api: httpx.Client) -> Asked:
    run = made(api, create_large_flow_run(api))
    return proposal(run, "FAILED", "f", "flow_runs")


def rename_large_run(api: httpx.Client) -> Asked:
    return Asked("PATCH", f"/task_runs/{made(api, create_large_run(api))['id']}", {"name": "n"})


OPERATIONS = [
    create_large_run,
    create_large_flow_run,
    fail_large_run,
    fail_large_flow_run,
    rename_large_run,
]
each_operation = pytest.mark.parametrize("operation", OPERATIONS)


def _runs(api: httpx.Client) -> list[dict[str, Any]]:
    found = (ask(api, Asked("POST", f"/{kind}/filter", {})) for kind in ("task_runs", "flow_runs"))
    return [run for answer in found for run in answer.json()]


def _states(api: httpx.Client, kind: str, run: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON
    return api.get(f"/{kind}_states/", params={f"{kind}_id": run["id"]}).json()


@each_operation
@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_at_any_call_is_whole_and_done_once_when_it_is_tried_again(
    site: Site, operation: Asking, fault: str
) -> None:
    for call in range(10):
        asked = operation(site.api)
        with broken(site.client, FAULTS[fault], first=call):
            answer = ask(site.api, asked)
        named, there = named_and_there(site.database)
        assert named <= there
        persist(site.api, asked).raise_for_status()
        _assert_whole(site.api, asked)
        named, there = named_and_there(site.database)
        assert set() != named <= there
        _remove_all(site)
        if answer.is_success:
            return
    raise AssertionError("it never succeeds")


def _assert_whole(api: httpx.Client, asked: Asked) -> None:
    (run,) = _runs(api)
    for name in {"parameters", "task_inputs"} & asked.body.keys():
        assert run[name] == asked.body[name]
    if message := (asked.body.get("state") or {}).get("message"):
        assert run["state"]["message"] == message
    kind = "flow_run" if "flow_id" in run else "task_run"
    assert _states(api, kind, run)[-1] == run["state"]


def _remove_all(site: Site) -> None:
    for kind in ("task_runs", "flow_runs", "flows"):
        for one in ask(site.api, Asked("POST", f"/{kind}/filter", {})).json():
            ask(site.api, removal(kind, one)).raise_for_status()


@each_operation
def test_a_deletion_takes_all_pieces(site: Site, removals: Removals, operation: Asking) -> None:
    ask(site.api, operation(site.api)).raise_for_status()
    assert named_and_there(site.database)[1]
    _remove_all(site)
    removals.follow()
    assert {key for key in left(site.database) if key.sk != REMAINDER} == set()


def test_a_deletion_takes_what_an_earlier_crash_left(
    site: Site, removals: Removals, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = made(site.api, create_large_run(site.api))
    with heard(site.client) as calls:
        ask(site.api, proposal(run, "RUNNING", "kept")).raise_for_status()
    last = len(calls) - 1
    an_hour_ago = time.time() - 3_600
    with monkeypatch.context() as patch:
        patch.setattr(large_documents, "time", lambda: an_hour_ago)
        with broken(site.client, FAULTS["not done"], first=last):
            ask(site.api, proposal(run, "FAILED", "lost"))
    removals.follow()
    named, there = named_and_there(site.database)
    assert there - named
    _remove_all(site)
    removals.follow()
    _let_remainders_expire(site)
    removals.follow()
    assert left(site.database) == {}


def test_pieces_of_a_run_that_was_created_again_stay(site: Site, removals: Removals) -> None:
    """The stream tells of a removal when the next run of that id is there already."""
    asked = create_large_run(site.api)
    asked = asked._replace(body={**asked.body, "id": "00000000-0000-0000-0000-000000000001"})
    ask(site.api, removal("task_runs", made(site.api, asked))).raise_for_status()
    run = made(site.api, asked)
    removals.follow()
    _let_remainders_expire(site)
    removals.follow()
    found = site.api.get(f"/task_runs/{run['id']}").json()
    assert found["task_inputs"] == inputs("run")


def _let_remainders_expire(site: Site) -> None:
    for key in [key for key in scan(site.database) if key.sk == REMAINDER]:
        spelled = {name: {"S": part} for name, part in key._asdict().items()}
        site.client.delete_item(TableName=site.database.table, Key=spelled)


def test_what_a_new_state_replaces_goes(site: Site, removals: Removals) -> None:
    run = made(site.api, create_large_run(site.api))
    for number, kind in enumerate(["PENDING", "RUNNING", "FAILED"]):
        ask(site.api, proposal(run, kind, number)).raise_for_status()
    named, there = named_and_there(site.database)
    assert named < there
    removals.follow()
    assert named_and_there(site.database) == (named, named)


def test_an_input_that_is_taken_back_takes_its_pieces(site: Site, removals: Removals) -> None:
    run = made(site.api, new_flow_run(made(site.api, new_flow())["id"]))
    path = f"/flow_runs/{run['id']}/input"
    ask(site.api, Asked("POST", path, {"key": "k", "value": text("v")})).raise_for_status()
    assert named_and_there(site.database)[1]
    ask(site.api, Asked("DELETE", f"{path}/k")).raise_for_status()
    removals.follow()
    assert named_and_there(site.database) == (set(), set())


def test_a_deployment_that_changes_keeps_no_older_pieces(site: Site, removals: Removals) -> None:
    flow = made(site.api, new_flow())["id"]
    body = {
        "name": "d",
        "flow_id": flow,
        "parameters": {"x": text(1)},
        "enforce_parameter_schema": False,
    }
    deployment = made(site.api, Asked("POST", "/deployments/", body))
    path = f"/deployments/{deployment['id']}"
    ask(site.api, Asked("PATCH", path, {"parameters": {"x": text(2)}})).raise_for_status()
    removals.follow()
    named, there = named_and_there(site.database)
    assert there == named != set()
    assert site.api.get(path).json()["parameters"] == {"x": text(2)}


READS: list[tuple[str, str, Any]] = [
    ("GET", "/task_runs/{}", None),
    ("POST", "/task_runs/filter", {}),
    ("GET", "/task_run_states/?task_run_id={}", None),
]


@pytest.mark.parametrize("call", range(4))
@pytest.mark.parametrize("asked", READS)
def test_who_reads_while_a_document_is_replaced_reads_the_old_or_the_new_one(
    site: Site, removals: Removals, asked: tuple[str, str, Any], call: int
) -> None:
    run = made(site.api, create_large_run(site.api))

    def replace() -> None:
        ask(site.api, proposal(run, "FAILED", "new")).raise_for_status()
        removals.follow()

    method, path, body = asked
    with preceded(site.client, call, replace):
        answer = ask(site.api, Asked(method, path.format(run["id"]), body)).json()
    seen = set(_messages(answer))
    assert seen
    assert seen <= {text("p"), text("new")}


def _messages(answer: Any) -> Iterator[str]:  # noqa: ANN401 - any JSON
    for one in answer if isinstance(answer, list) else [answer]:
        yield one["message"] if "message" in one else one["state"]["message"]


def test_large_states_that_race_are_all_whole(site: Site, removals: Removals) -> None:
    run = made(site.api, create_large_run(site.api))
    racing = [proposal(run, "RUNNING", number) for number in range(16)]
    answers = ask_at_once(site.api, racing)
    accepted = [it.json()["status"] == "ACCEPT" for it in answers]
    assert all(accepted)
    removals.follow()
    states = _states(site.api, "task_run", run)
    assert {state["message"] for state in states[1:]} == {text(number) for number in range(16)}
    found = site.api.get(f"/task_runs/{run['id']}").json()
    assert found["state"]["message"] == states[-1]["message"]
    assert found["task_inputs"] == inputs("run")
    named, there = named_and_there(site.database)
    assert named <= there
