"""Each DynamoDB call of handing out runs fails, done or not; no run is lost by that."""

from collections.abc import Callable
from contextlib import suppress
from functools import cache
from typing import NamedTuple

import pytest

from runledger.domain.errors import Unavailable
from runledger.service.runs import task_runs
from runledger.store.store import Store
from tests.service.sites import LEASE, NOW, WorkerSite, store_on
from tests.store.support.calls import FAULTS, Fault, broken, heard, sent_twice
from tests.support.databases import DynamoDB, Engine, Item, fresh_table, put, scan


def site_on(store: Store) -> WorkerSite:
    site = WorkerSite(store)
    site.connect("first")
    return site


def acknowledge(site: WorkerSite) -> None:
    site.say("first", type="ack")


def subscribe(site: WorkerSite) -> None:
    site.subscribe("first")


def announce(site: WorkerSite) -> None:
    site.announce()


def depart(site: WorkerSite) -> None:
    site.end("first")


def sweep(site: WorkerSite) -> None:
    site.sweep(LEASE)


def _nothing(_: WorkerSite) -> None:
    """Nobody has subscribed."""


def _subscribed(site: WorkerSite) -> None:
    site.subscribe("first")


def _idle(site: WorkerSite) -> None:
    """A worker waits, and runs come that nobody has announced yet."""
    runs, site.runs = site.runs, set()
    for run_id in runs:
        task_runs.delete(site.store, run_id, now=NOW)
    site.subscribe("first")
    site.runs = {site._run(number) for number in range(2)}  # noqa: SLF001


def _departed(site: WorkerSite) -> None:
    """A worker has acknowledged a run, holds another and is gone."""
    site.subscribe("first")
    site.say("first", type="ack")
    site.end("first")


Step = Callable[[WorkerSite], None]


class Scene(NamedTuple):
    """The steps before a step, and how many calls the step makes."""

    before: Step
    calls: int


STEPS: dict[Step, Scene] = {
    subscribe: Scene(_nothing, 10),
    acknowledge: Scene(_subscribed, 9),
    announce: Scene(_idle, 9),
    depart: Scene(_subscribed, 6),
    sweep: Scene(_departed, 6),
}


@cache
def begun(engine: Engine, step: Step) -> tuple[WorkerSite, list[Item]]:
    """Return a site right before a step, and the items of its table, which is gone."""
    with fresh_table(engine) as database:
        site = site_on(store_on(database))
        STEPS[step].before(site)
        return site, list(scan(database))


@pytest.fixture
def site(dynoxide: Engine, on_dynoxide: DynamoDB, step: Step) -> WorkerSite:
    """A site right before a step."""
    seen, items = begun(dynoxide, step)
    put(on_dynoxide, items)
    return seen.on(store_on(on_dynoxide))


def calls_of(*steps: Step) -> pytest.MarkDecorator:
    """Try the test with each call of these steps, counted from 0."""
    calls = [
        pytest.param(step, call, id=f"{step.__name__}-{call}")
        for step in steps
        for call in range(STEPS[step].calls)
    ]
    return pytest.mark.parametrize(("step", "call"), calls)


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("fault", FAULTS.values(), ids=FAULTS)
@calls_of(*STEPS)
def test_a_step_that_is_cut_off_loses_no_run(
    site: WorkerSite, step: Step, call: int, fault: Fault
) -> None:
    with suppress(Unavailable), broken(site.store.table.client, fault, first=call):
        step(site)
    # Whoever was connected goes, which is told, or else found out; a lease later all is passed on.
    site.end("first")
    site.connect("second")
    site.subscribe("second")
    assert site.got_in_the_end("second") == site.runs


@pytest.mark.usefixtures("_no_pauses")
@calls_of(acknowledge, announce, subscribe)
def test_a_run_is_handed_out_by_a_step_of_which_a_call_is_sent_twice(
    site: WorkerSite, step: Step, call: int
) -> None:
    earlier = set(site.inbox("first"))
    with sent_twice(site.store.table.client, call=call):
        step(site)
    (run_id,) = site.inbox("first")
    assert run_id not in earlier


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_all_calls_of_a_step_are_broken(store: Store, step: Step) -> None:
    site = site_on(store)
    STEPS[step].before(site)
    with heard(site.store.table.client) as calls:
        step(site)
    assert len(calls) == STEPS[step].calls
