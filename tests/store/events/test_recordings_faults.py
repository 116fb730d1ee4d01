"""Whatever call fails while an event is taken, and however: sent again, it is taken once."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

import pytest

from runledger.domain.errors import Unavailable
from runledger.domain.events.events import Event
from runledger.service import events
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.store import Store
from tests.reporting import naive
from tests.reporting.building import FLOW_RUN_ID, JSON, RUN_ID, at, body
from tests.store.support.calls import FAULTS, broken, heard, preceded, sent_twice
from tests.store.support.recorded_runs import shown
from tests.support.databases import DynamoDB

pytestmark = pytest.mark.usefixtures("_no_pauses")

NOW = at(3600)
IN_RUN: JSON = {"flow_run_id": FLOW_RUN_ID}
OTHER: JSON = {"run_id": UUID(int=9), **IN_RUN}


class FaultScene(NamedTuple):
    """What comes, what taking that asks of DynamoDB, and what came before: here, then elsewhere."""

    event: JSON
    calls: str
    elsewhere: Sequence[JSON] = ()
    here: Sequence[JSON] = ()


WRITTEN = "TransactWriteItems"
FOUND, BY_KEY = f"Query {WRITTEN}", f"Query GetItem {WRITTEN}"
# A run that is about to enter a flow run: was that deleted?
ENTERED = f"GetItem {WRITTEN}"
TAKEN, KNOWN = f"Query {ENTERED} Query GetItem {FOUND}", "Query PutItem"
BEGUN, RAN, ENDED = body(1, "PENDING"), body(2), body(3, "COMPLETED")
# fmt: off
SCENES = {
    "the first state":       FaultScene(BEGUN, WRITTEN),
    "the same, in a run":    FaultScene(body(1, "PENDING", **IN_RUN), ENTERED),
    "another first state":   FaultScene(body(2, "PENDING"), f"{WRITTEN} {FOUND}", [BEGUN]),
    "a known first state":   FaultScene(BEGUN, WRITTEN, [BEGUN]),
    "a new run":             FaultScene(RAN, FOUND),
    "one in a flow run":     FaultScene(body(2, **IN_RUN), f"Query {ENTERED}"),
    "a newer state":         FaultScene(RAN, FOUND, [BEGUN]),
    "the next state":        FaultScene(RAN, WRITTEN, (), [BEGUN]),
    "one that missed some":  FaultScene(ENDED, f"{WRITTEN} {FOUND}", [RAN], [BEGUN]),
    "a late state":          FaultScene(RAN, FOUND, [ENDED]),
    "late to who knows":     FaultScene(body(1), WRITTEN, (), [RAN]),
    "another id":            FaultScene(body(2, **OTHER), TAKEN, [body(1, **IN_RUN)]),
    "another key":           FaultScene(body(2, run={"task_key": "u"}), BY_KEY, [BEGUN]),
    "another key than here": FaultScene(body(2, run={"task_key": "u"}), BY_KEY, (), [BEGUN]),
    "what says nothing":     FaultScene(body(1), KNOWN, [BEGUN]),
    "nothing to who knows":  FaultScene(body(1), KNOWN, (), [BEGUN]),
    "what is known":         FaultScene(RAN, KNOWN, [RAN]),
    "what was taken here":   FaultScene(RAN, KNOWN, (), [RAN]),
    "what is of no run":     FaultScene(body(1, event="else"), "PutItem"),
}
# fmt: on
STEPS = [(name, n) for name, scene in SCENES.items() for n in range(len(scene.calls.split()))]
each_step = pytest.mark.parametrize(("name", "call"), STEPS)


@pytest.fixture
def store(on_dynoxide: DynamoDB) -> Store:
    """On dynoxide alone: moto forgets the tokens of transactions, and does again what is done."""
    return Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)


def receive(store: Store, event: JSON) -> None:
    events.receive(store, Event.model_validate(event), now=NOW)


def begin(store: Store, name: str) -> JSON:
    scene, other = SCENES[name], Store(store.table, shards=2)
    for event in scene.here:
        receive(store, event)
    for event in scene.elsewhere:
        receive(other, event)
    return scene.event


def assert_taken_once(store: Store, database: DynamoDB, name: str) -> None:
    scene = SCENES[name]
    assert shown(store, database) == naive.runs_of([*scene.here, *scene.elsewhere, scene.event])


@pytest.mark.parametrize("name", SCENES)
def test_an_event_takes_no_more_calls_than_it_needs(store: Store, name: str) -> None:
    event = begin(store, name)
    with heard(store.table.client) as calls:
        receive(store, event)
    assert [call for call, _ in calls] == SCENES[name].calls.split()


@each_step
@pytest.mark.parametrize("fault", FAULTS)
def test_an_event_that_met_a_fault_is_taken_when_it_is_sent_again(
    store: Store, on_dynoxide: DynamoDB, name: str, *, call: int, fault: str
) -> None:
    event = begin(store, name)
    with broken(store.table.client, FAULTS[fault], first=call), suppress(Unavailable):
        receive(store, event)
    receive(store, event)
    assert_taken_once(store, on_dynoxide, name)


@each_step
def test_an_event_whose_call_is_sent_twice_is_taken_once(
    store: Store, on_dynoxide: DynamoDB, name: str, call: int
) -> None:
    event = begin(store, name)
    with sent_twice(store.table.client, call=call):
        receive(store, event)
    assert_taken_once(store, on_dynoxide, name)


@each_step
def test_an_event_that_comes_twice_at_once_is_taken_once(
    store: Store, on_dynoxide: DynamoDB, name: str, call: int
) -> None:
    event = begin(store, name)
    with preceded(store.table.client, call, lambda: receive(store, event)):
        receive(store, event)
    assert_taken_once(store, on_dynoxide, name)


@each_step
def test_a_run_that_is_deleted_meanwhile_is_whole_or_gone(
    store: Store, on_dynoxide: DynamoDB, name: str, call: int
) -> None:
    def delete() -> None:
        TaskRunDeletionStore.of(store).delete(RUN_ID, NOW)

    event = begin(store, name)
    with preceded(store.table.client, call, delete):
        receive(store, event)
    assert len(shown(store, on_dynoxide)) <= 1
