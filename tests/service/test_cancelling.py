"""A flow run that is cancelled takes along what it began, whatever fails or comes between."""

from contextlib import suppress
from datetime import UTC, datetime
from typing import NamedTuple
from uuid import UUID

import httpx
import pytest

from runledger import websocket_wiring, wiring
from runledger.domain.errors import Unavailable
from runledger.service.context import ServiceContext
from runledger.service.runs import flow_run_cancellation, run_reads
from runledger.service.runs.flow_run_cancellation import MESSAGE, cancel_children
from runledger.store.dynamodb.stream_records import Change
from runledger.store.runs import cancellations
from runledger.store.schema import keys
from tests.store.support.asking import Asked, ask, made, new_flow, new_flow_run, new_task_run
from tests.store.support.calls import FAULTS, Fault, broken, preceded
from tests.store.support.contents import scan
from tests.store.support.counting import existing
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

UNFINISHED = ("SCHEDULED", "PENDING", "RUNNING", "PAUSED", "CANCELLING")
ENDED = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")

pytestmark = pytest.mark.usefixtures("_no_pauses")


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> str:
    return str(made(api, new_flow())["id"])


@pytest.fixture
def parent(api: httpx.Client, flow: str) -> str:
    return str(made(api, new_flow_run(flow, state={"type": "RUNNING"}))["id"])


def set_state(api: httpx.Client, kind: str, run_id: str, state: str, **around: object) -> None:
    body = {"state": {"type": state, **around}, "force": True}
    assert ask(api, Asked("POST", f"/{kind}/{run_id}/set_state", body)).is_success


def child(api: httpx.Client, flow_run: str, key: str, state: str = "RUNNING") -> str:
    asked = new_task_run(flow_run_id=flow_run, dynamic_key=key, state={"type": state})
    return str(made(api, asked)["id"])


def subflow(api: httpx.Client, flow: str, task_run: str, **fields: object) -> str:
    asked = {"state": {"type": "RUNNING"}, "parent_task_run_id": task_run, **fields}
    return str(made(api, new_flow_run(flow, **asked))["id"])


def state_of(api: httpx.Client, kind: str, run_id: str) -> tuple[str, str | None]:
    state = api.get(f"/{kind}/{run_id}").raise_for_status().json()["state"]
    return state["type"], state["message"]


def cancel(api: httpx.Client, flow_run: str) -> None:
    set_state(api, "flow_runs", flow_run, "CANCELLED")


def change_of(database: DynamoDB, flow_run: str, before: Change | None = None) -> Change:
    """Return the stream's change of a flow run as it is now."""
    key = keys.flow_run(UUID(flow_run))
    return Change("1", key, before.new if before else None, scan(database)[key])


def context() -> ServiceContext:
    return ServiceContext(wiring.store(), websocket_wiring.connections(), datetime.now(UTC))


def test_its_unfinished_task_runs_are_cancelled_and_no_others(
    api: httpx.Client, parent: str, stream_on_dynoxide: Streaming
) -> None:
    runs = {state: child(api, parent, state, state) for state in (*UNFINISHED, *ENDED)}
    other = str(made(api, new_task_run(dynamic_key="other", state={"type": "RUNNING"}))["id"])
    cancel(api, parent)
    stream_on_dynoxide.pump()
    after = {state: state_of(api, "task_runs", run) for state, run in runs.items()}
    assert after == {
        **dict.fromkeys(UNFINISHED, ("CANCELLED", MESSAGE)),
        **{state: (state, None) for state in ENDED},
    }
    assert state_of(api, "task_runs", other)[0] == "RUNNING"


def test_its_subflow_runs_and_theirs_are_cancelled(
    api: httpx.Client, flow: str, parent: str, stream_on_dynoxide: Streaming
) -> None:
    first = child(api, parent, "first")
    inner = subflow(api, flow, first)
    second = child(api, inner, "second")
    innermost = subflow(api, flow, second)
    third = child(api, innermost, "third")
    cancel(api, parent)
    stream_on_dynoxide.pump()
    found = [state_of(api, "task_runs", run) for run in (first, second, third)]
    found += [state_of(api, "flow_runs", run) for run in (inner, innermost)]
    assert found == [("CANCELLED", MESSAGE)] * 5


def test_a_subflow_run_of_a_deployment_is_left_to_those_who_run_it(
    api: httpx.Client, flow: str, parent: str, stream_on_dynoxide: Streaming
) -> None:
    deployment = made(api, Asked("POST", "/deployments/", {"name": "d", "flow_id": flow}))["id"]
    run = subflow(api, flow, child(api, parent, "first"), deployment_id=deployment)
    cancel(api, parent)
    stream_on_dynoxide.pump()
    assert state_of(api, "flow_runs", run) == ("CANCELLING", MESSAGE)


def test_a_subflow_run_that_ended_stays_as_it_is(
    api: httpx.Client, flow: str, parent: str, stream_on_dynoxide: Streaming
) -> None:
    task_run = child(api, parent, "first")
    run = subflow(api, flow, task_run)
    set_state(api, "flow_runs", run, "FAILED")
    cancel(api, parent)
    stream_on_dynoxide.pump()
    assert state_of(api, "flow_runs", run) == ("FAILED", None)
    assert state_of(api, "task_runs", task_run)[0] == "FAILED"


def test_a_flow_run_that_went_on_meanwhile_keeps_its_task_runs(
    api: httpx.Client, parent: str, stream_on_dynoxide: Streaming
) -> None:
    run = child(api, parent, "first")
    cancel(api, parent)
    set_state(api, "flow_runs", parent, "RUNNING")
    stream_on_dynoxide.pump()
    assert state_of(api, "task_runs", run)[0] == "RUNNING"


def begin_many(api: httpx.Client, parent: str) -> None:
    """Begin more task runs than are cancelled in a round."""
    for number in range(flow_run_cancellation.ROUND + 10):
        child(api, parent, str(number))


def unfinished(database: DynamoDB) -> int:
    """Return how many task runs go on."""
    return existing(database)[keys.TASK_RUN]["RUNNING"]


@pytest.fixture
def _short_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(flow_run_cancellation, "ROUND", 20)


def test_many_are_cancelled_in_rounds(
    api: httpx.Client, parent: str, on_dynoxide: DynamoDB, stream_on_dynoxide: Streaming
) -> None:
    begin_many(api, parent)
    cancel(api, parent)
    stream_on_dynoxide.pump()
    assert existing(on_dynoxide)[keys.TASK_RUN] == {"CANCELLED": flow_run_cancellation.ROUND + 10}


@pytest.mark.usefixtures("_short_rounds")
def test_a_round_ends_soon_and_the_stream_tells_where(
    api: httpx.Client, parent: str, on_dynoxide: DynamoDB
) -> None:
    begin_many(api, parent)
    cancel(api, parent)
    first = change_of(on_dynoxide, parent)
    cancel_children(context(), [first])
    assert unfinished(on_dynoxide) == 10
    then = change_of(on_dynoxide, parent, first)
    assert cancellations.is_cancellation(then)
    cancel_children(context(), [then])
    assert unfinished(on_dynoxide) == 0
    assert not cancellations.is_cancellation(change_of(on_dynoxide, parent, then))


@pytest.mark.usefixtures("_short_rounds")
def test_a_change_of_the_flow_run_between_rounds_begins_them_anew(
    api: httpx.Client, parent: str, on_dynoxide: DynamoDB
) -> None:
    begin_many(api, parent)
    cancel(api, parent)
    cancel_children(context(), [change_of(on_dynoxide, parent)])
    noted = change_of(on_dynoxide, parent)
    ask(api, Asked("PATCH", f"/flow_runs/{parent}", {"name": "renamed"}))
    changed = change_of(on_dynoxide, parent, noted)
    assert cancellations.is_cancellation(changed)
    assert cancellations.cancelled_up_to(changed.new) == ""
    cancel_children(context(), [changed])
    cancel_children(context(), [change_of(on_dynoxide, parent, changed)])
    assert unfinished(on_dynoxide) == 0


class Family(NamedTuple):
    """A cancelled flow run, its task runs, and the subflow run that the first stands for."""

    parent: str
    task_runs: list[str]
    inner: str


@pytest.fixture
def family(api: httpx.Client, flow: str, parent: str) -> Family:
    runs = [child(api, parent, key) for key in ("first", "second")]
    inner = subflow(api, flow, runs[0])
    cancel(api, parent)
    return Family(parent, runs, inner)


@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("call", range(12))
def test_what_was_cut_off_is_told_again_and_done(
    on_dynoxide: DynamoDB, family: Family, call: int, fault: Fault
) -> None:
    change, ours = change_of(on_dynoxide, family.parent), context()
    with broken(ours.store.table.client, fault, first=call), suppress(Unavailable):
        cancel_children(ours, [change])
    cancel_children(ours, [change])
    found = [run_reads.read_task_run(ours.store, UUID(run)).state_type for run in family.task_runs]
    found.append(run_reads.read_flow_run(ours.store, UUID(family.inner)).state_type)
    assert found == ["CANCELLED"] * 3


@pytest.mark.parametrize("call", range(8))
def test_what_ends_meanwhile_stays_as_it_ended(
    api: httpx.Client, parent: str, on_dynoxide: DynamoDB, call: int
) -> None:
    """Unless it was cancelled before, which it is told."""
    run = child(api, parent, "first")
    cancel(api, parent)
    change = change_of(on_dynoxide, parent)
    asked = Asked("POST", f"/task_runs/{run}/set_state", {"state": {"type": "COMPLETED"}})
    with preceded(wiring.store().table.client, call, lambda: ask(api, asked)):
        cancel_children(context(), [change])
    states = api.get("/task_run_states/", params={"task_run_id": run}).json()
    assert sorted(state["type"] for state in states) in (
        ["COMPLETED", "RUNNING"],
        ["CANCELLED", "RUNNING"],
    )


def test_told_twice_it_is_done_once(on_dynoxide: DynamoDB, family: Family) -> None:
    change = change_of(on_dynoxide, family.parent)
    cancel_children(context(), [change])
    before = scan(on_dynoxide)
    cancel_children(context(), [change, change])
    assert scan(on_dynoxide) == before
