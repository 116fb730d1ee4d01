"""A background run knows the worker that holds it, and a worker the runs that it may hold."""

from uuid import UUID

import pytest

from runledger.service.runs import task_runs
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store
from runledger.store.websocket.task_workers import MAX_UNCHECKED, TaskWorkerStore
from tests.service.sites import NOW, STARTED, TAKEN_UP, WAITING, WorkerSite
from tests.support.databases import DynamoDB

NAME = "worker"
RUNS = 5 * MAX_UNCHECKED


@pytest.fixture
def site(store: Store) -> WorkerSite:
    return site_on(store)


@pytest.fixture
def site_on_dynoxide(on_dynoxide: DynamoDB) -> WorkerSite:
    """A site for hundreds of steps, which take moto four times as long."""
    return site_on(Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2))


def site_on(store: Store) -> WorkerSite:
    site = WorkerSite(store)
    site.connect(NAME)
    site.subscribe(NAME)
    return site


def stored(site: WorkerSite, run_id: UUID) -> Stored:
    found = TaskRunStore.of(site.store).read(run_id)
    assert found
    return found


def holders(site: WorkerSite) -> set[str]:
    holds = [stored(site, run_id).hold for run_id in site.runs]
    return {hold.connection_id for hold in holds if hold}


def handed_out(site: WorkerSite) -> set[UUID]:
    seen = TaskWorkerStore.of(site.store).read(NAME)
    assert seen
    assert len(seen.worker.handed_out) == len(set(seen.worker.handed_out))
    return set(seen.worker.handed_out)


def test_a_run_is_held_until_it_starts(site: WorkerSite) -> None:
    (run_id,) = site.inbox(NAME)
    site.say(NAME, type="ack")
    task_runs.rename(site.store, run_id, "renamed", now=NOW)
    site.report(run_id, TAKEN_UP)
    hold = stored(site, run_id).hold
    assert hold
    assert hold.connection_id == NAME
    site.report(run_id, STARTED)
    assert stored(site, run_id).hold is None


def test_a_run_that_waits_again_is_not_held(site: WorkerSite) -> None:
    (run_id,) = site.inbox(NAME)
    site.report(run_id, WAITING)
    assert stored(site, run_id).hold is None


def test_a_worker_forgets_the_runs_that_it_has_started(site_on_dynoxide: WorkerSite) -> None:
    site = site_on_dynoxide
    for number in range(2, RUNS):
        (run_id,) = site.inbox(NAME)
        site.report(run_id, STARTED)
        site.runs.add(site._run(number))  # noqa: SLF001
        site.say(NAME, type="ack")
        assert len(handed_out(site)) <= MAX_UNCHECKED + 1
    assert holders(site) == {NAME}


def test_a_worker_forgets_no_run_that_it_has_not_started(site_on_dynoxide: WorkerSite) -> None:
    site = site_on_dynoxide
    started: set[UUID] = set()
    for number in range(2, RUNS):
        (run_id,) = site.inbox(NAME)
        if number % 3 == 0:
            site.report(run_id, STARTED)
            started.add(run_id)
        site.runs.add(site._run(number))  # noqa: SLF001
        site.say(NAME, type="ack")
        held = {one for one in site.runs if stored(site, one).hold}
        assert held <= handed_out(site)
    assert len(held) >= RUNS // 2
    assert held.isdisjoint(started)
    site.end(NAME)
    site.connect("next")
    site.subscribe("next")
    assert site.got_in_the_end("next") == site.runs - started
