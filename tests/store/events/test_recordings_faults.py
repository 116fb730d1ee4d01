"""Whatever call fails while an event is taken, and however: sent again, it is taken once."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from random import Random
from typing import NamedTuple
from uuid import UUID

import pytest

from runledger.domain.errors import Unavailable
from runledger.domain.events.events import Event
from runledger.service import events
from runledger.store.dynamodb.table import Table
from runledger.store.events.events import EventStore
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.store import Store
from tests.reporting import naive
from tests.reporting.building import FLOW_RUN_ID, JSON, RUN_ID, START, at, body
from tests.store.support.calls import FAULTS, broken, heard, preceded, sent_twice
from tests.store.support.contents import scan
from tests.store.support.late_events import is_event
from tests.store.support.recorded_runs import runs_in, shown
from tests.support.databases import DynamoDB

pytestmark = pytest.mark.usefixtures("_no_pauses")

NOW, LONG = at(3600), timedelta(hours=2)
IN_RUN: JSON = {"flow_run_id": FLOW_RUN_ID}
UUID_LENGTH = 36
OTHER: JSON = {"run_id": UUID(int=9), **IN_RUN}


class FaultScene(NamedTuple):
    """Events, the DynamoDB calls of taking them, and earlier events: here, then elsewhere."""

    event: JSON
    calls: str
    elsewhere: Sequence[JSON] = ()
    here: Sequence[JSON] = ()


# Is the event stored? The run is written before it.
NEW = "GetItem"
WRITTEN, STORED, REFUSED = "TransactWriteItems PutItem", "PutItem", f"TransactWriteItems {NEW}"
# Nothing but the run is written with its state.
ALONE = f"PutItem {STORED}"
NEXT = f"GetItem {ALONE}"
FOUND, BY_KEY = f"GetItem {WRITTEN}", f"GetItem GetItem {WRITTEN}"
# A run that is about to enter a flow run: was that deleted, or did it end long ago?
ENTERED = f"BatchGetItem {WRITTEN}"
TAKEN = f"GetItem BatchGetItem {REFUSED} GetItem GetItem {NEXT}"
BEGUN, RAN, ENDED = body(1, "PENDING"), body(2), body(3, "COMPLETED")
REKEYED = body(2, run={"task_key": "u"})
# fmt: off
SCENES = {
    "the first state":       FaultScene(BEGUN, f"{NEW} {WRITTEN}"),
    "the same, in a run":    FaultScene(body(1, "PENDING", **IN_RUN), f"{NEW} {ENTERED}"),
    "another first state":   FaultScene(body(2, "PENDING"), f"{NEW} {REFUSED} {NEXT}", [BEGUN]),
    "a known first state":   FaultScene(BEGUN, NEW, [BEGUN]),
    "a new run":             FaultScene(RAN, f"{NEW} {FOUND}"),
    "one in a flow run":     FaultScene(body(2, **IN_RUN), f"{NEW} GetItem {ENTERED}"),
    "a newer state":         FaultScene(RAN, f"{NEW} {NEXT}", [BEGUN]),
    "the next state":        FaultScene(RAN, f"{NEW} {ALONE}", (), [BEGUN]),
    "one that missed some":  FaultScene(ENDED, f"{NEW} PutItem {NEW} {NEXT}", [RAN], [BEGUN]),
    "a late state":          FaultScene(RAN, f"{NEW} {NEXT}", [ENDED]),
    "late to who knows":     FaultScene(body(1), f"{NEW} {ALONE}", (), [RAN]),
    "another id":            FaultScene(body(2, **OTHER), f"{NEW} {TAKEN}", [body(1, **IN_RUN)]),
    "another key":           FaultScene(REKEYED, f"{NEW} {BY_KEY}", [BEGUN]),
    "another key than here": FaultScene(REKEYED, f"{NEW} {BY_KEY}", (), [BEGUN]),
    "what says nothing":     FaultScene(body(1), f"{NEW} GetItem {STORED}", [BEGUN]),
    "nothing to who knows":  FaultScene(body(1), f"{NEW} {NEW} GetItem {STORED}", (), [BEGUN]),
    "what is known":         FaultScene(RAN, NEW, [RAN]),
    "what was taken here":   FaultScene(RAN, NEW, (), [RAN]),
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


def stored_ids(store: Store) -> set[str]:
    events = EventStore.of(store).between(START - LONG, START + LONG)
    return {str(event.id) for event in events}


def assert_stored_events_are_recorded(store: Store, database: DynamoDB) -> None:
    """Each stored event has its state in a run: a run may be ahead of its events, never behind."""
    table = scan(database)
    stored = {key.sk[-UUID_LENGTH:] for key in table if is_event(key)}
    runs = runs_in(table, store.table).values()
    states = {state_id for *_, states in runs for _, state_id, _ in states}
    assert stored <= states


@each_step
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("receiver", ["the same function", "another one"])
def test_an_event_that_met_a_fault_is_taken_when_it_is_sent_again(
    store: Store, on_dynoxide: DynamoDB, name: str, *, call: int, fault: str, receiver: str
) -> None:
    event = begin(store, name)
    with broken(store.table.client, FAULTS[fault], first=call), suppress(Unavailable):
        receive(store, event)
    receive(store if receiver == "the same function" else Store(store.table, shards=2), event)
    assert_taken_once(store, on_dynoxide, name)
    assert event["id"] in stored_ids(store)


PROGRAM = [
    body(second, kind, run_id=UUID(int=run), run={"dynamic_key": str(run)}, flow_run_id=flow_run_id)
    for run, flow_run_id in [(1, None), (2, FLOW_RUN_ID), (3, FLOW_RUN_ID)]
    for second, kind in enumerate(["PENDING", "RUNNING", "COMPLETED"])
]
MAX_CALLS = 6


def takes(store: Store, event: JSON) -> bool:
    try:
        receive(store, event)
    except Unavailable:
        return False
    return True


@pytest.mark.parametrize("seed", range(12))
def test_whichever_calls_fail_a_program_that_is_sent_again_is_taken_once(
    store: Store, on_dynoxide: DynamoDB, seed: int
) -> None:
    """Any of the events meets any fault at any call, in any function, among any of the others."""
    chance = Random(seed)  # noqa: S311 - the same at each run
    functions = [Store(store.table, shards=2) for _ in range(2)]
    left = [*PROGRAM, *PROGRAM]
    while left:
        event = left.pop(chance.randrange(len(left)))
        fault, call = FAULTS[chance.choice([*FAULTS])], chance.randrange(MAX_CALLS)
        with broken(store.table.client, fault, first=call):
            is_taken = takes(chance.choice(functions), event)
        left += [] if is_taken else [event] * chance.choice([1, 2])
        assert_stored_events_are_recorded(store, on_dynoxide)
    assert shown(store, on_dynoxide) == naive.runs_of(PROGRAM)
    assert stored_ids(store) == {event["id"] for event in PROGRAM}
