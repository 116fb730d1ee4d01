"""Each DynamoDB call of handing out runs fails, done or not; no run is lost by that."""

import json
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, cast
from uuid import UUID

import pytest

from runledger.api.requests import StateCreate, TaskRunCreate
from runledger.domain.errors import Unavailable
from runledger.domain.states import StateDetails, StateType
from runledger.service import conversations, departures, task_runs
from runledger.service.conversations import Client, Ears
from runledger.service.means import Means
from runledger.service.task_workers import Counter
from runledger.sockets import Sockets
from runledger.store.store import Store
from tests.service.far_ends import FarEnds
from tests.store.calls import FAULTS, Fault, broken, heard, preceded

PATH = "/task_runs/subscriptions/scheduled"
LEASE = timedelta(seconds=60)
NOW = datetime(2026, 1, 1, tzinfo=UTC)
details = StateDetails(deferred=True)
WAITING = StateCreate(type=StateType.SCHEDULED, state_details=details)
TAKEN_UP = StateCreate(type=StateType.PENDING, state_details=details)


class Site:
    """Two runs that wait, and the clients that are connected."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.far_ends = FarEnds()
        self.runs = {self._run(number) for number in range(2)}

    def _run(self, number: int) -> UUID:
        asked = TaskRunCreate(task_key="task", dynamic_key=str(number), state=WAITING)
        run = asked.to_run(NOW)
        task_runs.create(self.store, run, asked.proposed(NOW), now=NOW)
        return run.id

    def means(self, after: timedelta = timedelta(0)) -> Means:
        return Means(self.store, Sockets.by(cast("Any", self.far_ends)), NOW + after)

    def connect(self, name: str) -> None:
        self.far_ends.open[name] = []
        conversations.begin(self.store, name, Client(PATH, ()), lambda _: True, now=NOW)

    def say(self, name: str, **message: object) -> None:
        Ears(self.means(), lambda _: True).hear(name, json.dumps(message))

    def subscribe(self, name: str) -> None:
        self.say(name, type="subscribe", keys=["task"], client_id=name)

    def end(self, name: str) -> None:
        self.far_ends.open.pop(name, None)
        conversations.end(self.store, name, by_platform=False, now=NOW)

    def sweep(self, after: timedelta) -> None:
        departures.sweep(self.means(after), LEASE)

    def inbox(self, name: str) -> Iterator[UUID]:
        """Take what came."""
        inbox = self.far_ends.open[name]
        while inbox:
            yield UUID(json.loads(inbox.pop())["id"])

    def drain(self, name: str) -> Iterator[UUID]:
        """Acknowledge what comes, until nothing does."""
        for run_id in self.inbox(name):
            self.say(name, type="ack")
            yield run_id

    def got_in_the_end(self, name: str) -> set[UUID]:
        """Take what comes, also what is passed on when leases are over."""
        got = set(self.drain(name))
        for _ in range(3):
            self.sweep(2 * LEASE)
            announce(self)
            got.update(self.drain(name))
        return got


@pytest.fixture
def site(store: Store) -> Site:
    site = Site(store)
    site.connect("first")
    return site


def acknowledge(site: Site) -> None:
    site.say("first", type="ack")


def subscribe(site: Site) -> None:
    site.subscribe("first")


def announce(site: Site) -> None:
    Counter(site.means()).announce({"task:task"})


def depart(site: Site) -> None:
    site.end("first")


def sweep(site: Site) -> None:
    site.sweep(LEASE)


def _nothing(_: Site) -> None:
    """Nobody has subscribed."""


def _subscribed(site: Site) -> None:
    site.subscribe("first")


def _idle(site: Site) -> None:
    """A worker waits, and runs come that nobody has announced yet."""
    runs, site.runs = site.runs, set()
    for run_id in runs:
        task_runs.delete(site.store, run_id, now=NOW)
    site.subscribe("first")
    site.runs = {site._run(number) for number in range(2)}  # noqa: SLF001


def _departed(site: Site) -> None:
    """A worker has acknowledged a run, holds another and is gone."""
    site.subscribe("first")
    site.say("first", type="ack")
    site.end("first")


Step = Callable[[Site], None]
STEPS: dict[Step, Step] = {
    subscribe: _nothing,
    acknowledge: _subscribed,
    announce: _idle,
    depart: _subscribed,
    sweep: _departed,
}


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@pytest.mark.parametrize("call", range(8))
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_a_step_that_is_cut_off_loses_no_run(
    site: Site, step: Step, call: int, fault: Fault
) -> None:
    STEPS[step](site)
    with suppress(Unavailable), broken(site.store.table.client, fault, first=call):
        step(site)
    # Whoever was connected goes, which is told, or else found out; a lease later all is passed on.
    site.end("first")
    site.connect("second")
    site.subscribe("second")
    assert site.got_in_the_end("second") == site.runs


@pytest.mark.parametrize("call", range(8))
def test_a_run_is_passed_on_while_another_finds_it_taken_up(site: Site, call: int) -> None:
    site.subscribe("first")
    (run_id,) = site.inbox("first")
    site.end("first")
    task_runs.set_state(site.store, run_id, TAKEN_UP.proposed(NOW), force=True, now=NOW)
    site.connect("second")
    with preceded(site.store.table.client, call, partial(site.sweep, LEASE)):
        site.subscribe("second")
    assert site.got_in_the_end("second") == site.runs


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_all_calls_of_a_step_are_broken(site: Site, step: Step) -> None:
    STEPS[step](site)
    with heard(site.store.table.client) as calls:
        step(site)
    assert 1 <= len(calls) <= len(range(8))
