"""A queue has some partitions: its runs come in one order, whatever their number is or was."""

from datetime import timedelta
from uuid import UUID

import pytest

from runledger.api.task_runs import TaskRunCreate
from runledger.domain.runs.task_runs import own_queue, task_queue
from runledger.domain.websocket.task_workers import TaskWorker
from runledger.service.runs import task_run_creation
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.store import Store
from runledger.store.websocket.task_workers import ClaimOutcome, TaskWorkerStore
from tests.service.sites import NOW, WAITING
from tests.support.databases import DynamoDB

RUNS = 12
QUEUE, OWN = task_queue("task"), own_queue("host")

# Shards that are written and read, one deployment after the other.
CHANGES = {
    "one": [(1, 0)],
    "several": [(5, 0)],
    "raised": [(2, 0), (2, 5), (5, 5), (5, 0)],
    "lowered": [(5, 0), (2, 5)],
}
each_change = pytest.mark.parametrize("shards", CHANGES.values(), ids=CHANGES)


def stores(database: DynamoDB, shards: list[tuple[int, int]]) -> list[Store]:
    table = Table(database.client, database.table)
    return [Store(table, written, shards_read=read) for written, read in shards]


def delayed(store: Store, number: int) -> UUID:
    asked = TaskRunCreate(task_key="task", dynamic_key=str(number), state=WAITING)
    now = NOW + timedelta(seconds=number)
    run = asked.to_run(now)
    task_run_creation.create(store, run, asked.proposed(now), now=now)
    return run.id


def waiting(store: Store, queue: str = QUEUE) -> list[UUID]:
    return [queued.waiting.run_id for queued in TaskWorkerStore.of(store).waiting(queue)]


@each_change
def test_the_run_that_has_waited_longest_comes_first(
    on_dynoxide: DynamoDB, shards: list[tuple[int, int]]
) -> None:
    deployed = stores(on_dynoxide, shards)
    runs = [delayed(deployed[number % len(deployed)], number) for number in range(RUNS)]
    assert waiting(deployed[-1]) == runs


@each_change
def test_a_run_that_goes_to_its_client_is_left_in_no_other_queue(
    on_dynoxide: DynamoDB, shards: list[tuple[int, int]]
) -> None:
    deployed = stores(on_dynoxide, shards)
    before, after = (TaskWorkerStore.of(store) for store in (deployed[0], deployed[-1]))
    runs = {delayed(deployed[0], number) for number in range(RUNS)}
    for number in range(RUNS):
        worker = TaskWorker(
            connection_id=str(number), client_id="host", task_keys=("task",), since=NOW
        )
        seen, queued = before.add(worker), next(before.waiting(QUEUE))
        run = TaskRunStore.of(deployed[0]).read(queued.waiting.run_id)
        assert seen
        assert run
        busy = worker.replace(holding=run.run.id)
        assert before.claim(queued, run, seen, busy) == ClaimOutcome.MADE
    for seen in before.all():
        (held,) = before.holds(seen.worker)
        assert before.requeue_unacknowledged(held, seen, seen.worker.replace(holding=None))
    assert set(waiting(deployed[0])) == runs
    for seen in after.all():
        (held,) = after.holds(seen.worker)
        after.requeue(held, OWN)
    assert waiting(deployed[-1]) == []
    assert set(waiting(deployed[-1], OWN)) == runs


def test_a_queue_is_spread_over_its_shards(on_dynoxide: DynamoDB) -> None:
    (store,) = stores(on_dynoxide, [(4, 0)])
    for number in range(RUNS):
        delayed(store, number)
    found = TaskWorkerStore.of(store).waiting(QUEUE)
    assert len({queued.key.pk for queued in found}) > 1
