"""Two workers at the same time: each step right before any call of another."""

import copy
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache, partial
from typing import Self
from uuid import UUID

import pytest

from runledger.service.runs import task_runs
from tests.service.sites import LEASE, NOW, STARTED, TAKEN_UP, WorkerSite, store_on
from tests.store.support.calls import heard, preceded
from tests.support.databases import DynamoDB, Engine, Item, fresh_table, put, scan

FIRST, SECOND = "first", "second"
# The sites from which no run gets lost: different steps leave the same site behind.
SAFE: set[str] = set()


class Counter(WorkerSite):
    """A site of which is known what each client got, and what the first one did with it."""

    def __init__(self, database: DynamoDB) -> None:
        super().__init__(store_on(database))
        self.database = database
        self.got: dict[str, set[UUID]] = {FIRST: set(), SECOND: set()}
        self.started: set[UUID] = set()
        self.connect(FIRST)
        self.connect(SECOND)
        self.subscribe(FIRST)

    def on_table(self, database: DynamoDB) -> Self:
        site = self.on(store_on(database))
        site.database = database
        site.got, site.started = copy.deepcopy((self.got, self.started))
        return site

    def look(self) -> None:
        """Let the clients that are there see what was sent to them."""
        for name in self.far_ends.open:
            self.got[name].update(self.inbox(name))


def acknowledge(site: Counter) -> None:
    site.look()
    site.say(FIRST, type="ack")


def subscribe(site: Counter) -> None:
    site.subscribe(SECOND)


def depart(site: Counter) -> None:
    site.look()
    site.end(FIRST)


def cut_off(site: Counter) -> None:
    site.look()
    site.end(FIRST, by_platform=True, unheard=True)


def take_up(site: Counter) -> None:
    site.look()
    for run_id in site.got[FIRST] - site.started:
        site.report(run_id, TAKEN_UP)


def start(site: Counter) -> None:
    site.look()
    for run_id in site.got[FIRST] - site.started:
        site.report(run_id, STARTED)
        site.started.add(run_id)


def rename(site: Counter) -> None:
    """Change the runs, not their states."""
    for run_id in site.runs:
        task_runs.rename(site.store, run_id, "renamed", now=NOW)


def sweep(site: Counter) -> None:
    site.sweep(LEASE)


Step = Callable[[Counter], None]
STEPS: tuple[Step, ...] = (acknowledge, subscribe, depart, cut_off, sweep)
OVERTAKERS = (*STEPS, take_up, start, rename)
BEFORE: dict[str, tuple[Step, ...]] = {
    "held": (),
    "taken up and left": (take_up, depart),
}


@cache
def begun(dynoxide: Engine, before: tuple[Step, ...]) -> tuple[Counter, list[Item]]:
    """Return a site after these steps, and the items of its table, which is gone."""
    with fresh_table(dynoxide) as database:
        site = Counter(database)
        for step in before:
            step(site)
        return site, list(scan(database))


@contextmanager
def counter(dynoxide: Engine, before: tuple[Step, ...]) -> Iterator[Counter]:
    site, items = begun(dynoxide, before)
    with fresh_table(dynoxide) as database:
        put(database, items)
        yield site.on_table(database)


@cache
def calls_of(dynoxide: Engine, before: tuple[Step, ...], step: Step) -> int:
    with counter(dynoxide, before) as watched, heard(dynoxide.client) as calls:
        step(watched)
    return len(calls)


def overtaken(
    dynoxide: Engine, before: tuple[Step, ...], step: Step, overtaker: Step
) -> Iterator[Counter]:
    """Sites where the step was taken, and right before one of its calls the other."""
    for call in range(calls_of(dynoxide, before, step) + 1):
        with counter(dynoxide, before) as site:
            overtake(site, call, step, overtaker)
            yield site


def overtake(site: Counter, call: int, step: Step, overtaker: Step) -> None:
    with preceded(site.store.table.client, call, partial(overtaker, site)):
        step(site)
    site.look()


def is_cut_off_only(steps: tuple[Step, ...]) -> bool:
    """Whether the first client may yet come back with what it was sent, acknowledged or not."""
    return cut_off in steps and {depart, sweep}.isdisjoint(steps)


def visible(site: Counter) -> str:
    """Everything that what comes next depends on."""
    items = sorted(json.dumps(item, sort_keys=True, default=repr) for item in scan(site.database))
    got = [sorted(map(str, ids)) for ids in (site.got[FIRST], site.got[SECOND], site.started)]
    return repr((items, sorted(site.far_ends.open.items()), got))


def missing_in_the_end(site: Counter) -> set[UUID]:
    """Return the runs that neither anybody has nor a third worker gets when the first is gone."""
    depart(site)
    site.connect("third")
    site.subscribe("third")
    beside = site.got[SECOND] | site.started
    return site.runs - beside - site.got_in_the_end("third", beside)


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("before", BEFORE.values(), ids=BEFORE)
@pytest.mark.parametrize("overtaker", OVERTAKERS, ids=lambda step: step.__name__)
@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_no_run_is_lost_or_held_twice(
    dynoxide: Engine, before: tuple[Step, ...], step: Step, overtaker: Step
) -> None:
    for site in overtaken(dynoxide, before, step, overtaker):
        lives_on = FIRST in site.far_ends.open or is_cut_off_only((*before, step, overtaker))
        assert not lives_on or site.got[FIRST].isdisjoint(site.got[SECOND])
        state = visible(site)
        if state not in SAFE:
            assert not missing_in_the_end(site)
            SAFE.add(state)
