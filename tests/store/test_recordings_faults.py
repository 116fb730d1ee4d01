"""Whatever call fails while an event is taken, and however: sent again, it is taken once."""

from collections.abc import Sequence
from contextlib import suppress
from typing import NamedTuple
from uuid import UUID

import pytest

from runledger.domain.errors import Unavailable
from runledger.domain.events import Event
from runledger.service import events
from runledger.store.store import Store
from runledger.store.table import Table
from tests.databases import DynamoDB
from tests.reporting import naive
from tests.reporting.building import FLOW_RUN_ID, JSON, RUN_ID, at, body
from tests.store.calls import FAULTS, broken, heard, preceded, sent_twice
from tests.store.recorded_runs import shown

pytestmark = pytest.mark.usefixtures("_no_pauses")

NOW = at(3600)
IN_RUN: JSON = {"flow_run_id": FLOW_RUN_ID}
OTHER: JSON = {"run_id": UUID(int=9), **IN_RUN}


class Scene(NamedTuple):
    """What came before, what comes now, and what taking that asks of DynamoDB."""

    before: Sequence[JSON]
    event: JSON
    calls: str


FOUND, BY_KEY = "Query TransactWriteItems", "Query GetItem TransactWriteItems"
TAKEN, KNOWN = f"{FOUND} Query GetItem {FOUND}", "Query PutItem"
# fmt: off
SCENES = {
    "a new run":         Scene((), body(1),                               FOUND),
    "one in a flow run": Scene((), body(1, **IN_RUN),                     FOUND),
    "a newer state":     Scene([body(1)], body(2),                        FOUND),
    "a late state":      Scene([body(2)], body(1),                        FOUND),
    "another id":        Scene([body(1, **IN_RUN)], body(2, **OTHER),     TAKEN),
    "another key":       Scene([body(1)], body(2, run={"task_key": "u"}), BY_KEY),
    "what says nothing": Scene([body(1)], body(1, "PENDING"),             KNOWN),
    "what is known":     Scene([body(1)], body(1),                        KNOWN),
    "what is of no run": Scene((), body(1, event="else"),                 "PutItem"),
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
    for event in SCENES[name].before:
        receive(store, event)
    return SCENES[name].event


def assert_taken_once(store: Store, database: DynamoDB, name: str) -> None:
    scene = SCENES[name]
    assert shown(store, database) == naive.told([*scene.before, scene.event])


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
        store.task_runs.delete(RUN_ID, NOW)

    event = begin(store, name)
    with preceded(store.table.client, call, delete):
        receive(store, event)
    assert len(shown(store, on_dynoxide)) <= 1
