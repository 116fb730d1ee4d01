"""Counts that are wrong are put right, whoever writes meanwhile."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from random import Random
from uuid import uuid4

import pytest

from local.event_sources.records import Record
from recount import recounting
from recount.recounting import Correction, Recount
from recount.shards import StreamShards
from runledger.domain.errors import Conflict, Unavailable, WriteConflict
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.expressions import plain
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Item
from runledger.store.runs import state_counts
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import Store
from tests.store.support.counting import Counting, assert_counted
from tests.store.support.populations import DAWN, in_state, put_numbered, task_run
from tests.support.databases import DynamoDB

OLD, WRITERS = 60, 4
# Seconds. A recount meets both at each step; longer ones find less.
BETWEEN_WRITES, BETWEEN_BATCHES = 0.008, 0.005


def recount(database: DynamoDB) -> Recount:
    table = database.boto3.describe_table(TableName=database.table)["Table"]
    shards = StreamShards(table["LatestStreamArn"], database.endpoint)

    def scan(index: str) -> Iterator[Item]:
        pages = database.boto3.get_paginator("scan").paginate(
            TableName=database.table, IndexName=index, PaginationConfig={"PageSize": 10}
        )
        return (plain(item) for page in pages for item in page["Items"])

    return Recount(Table(database.client, database.table), shards.new_records, scan)


def corrupt(database: DynamoDB, seed: int) -> None:
    """Change counters by amounts that no change accounts for."""
    mixed, table = Random(seed), Table(database.client, database.table)  # noqa: S311 - the same
    for kind in keys.RUNS:
        for number in mixed.sample(range(state_counts.COUNTERS), 2):
            amounts = {one: mixed.randint(1, 5) for one in ("RUNNING", "PAUSED", "NONE")}
            table.write(Add(keys.count(kind, number), amounts))


def new_run(store: Store, number: int) -> None:
    TaskRunStore.of(store).create(task_run(number))


def move_on(store: Store, number: int, state_type: StateType) -> None:
    state = State(id=uuid4(), type=state_type, name="state", timestamp=DAWN)
    seen = TaskRunStore.of(store).read(task_run(number).id)
    if seen:
        TaskRunStore.of(store).rewrite(seen, in_state(seen.run, state))


def run(store: Store, number: int) -> None:
    move_on(store, number, StateType.RUNNING)


def complete(store: Store, number: int) -> None:
    move_on(store, number, StateType.COMPLETED)


def remove(store: Store, number: int) -> None:
    TaskRunDeletionStore.of(store).delete(task_run(number).id, DAWN)


def new_flow_run(store: Store, _: int) -> None:
    run = FlowRun(id=uuid4(), created=DAWN, updated=DAWN, name="new", flow_id=uuid4())
    FlowRunStore.of(store).create(run)


ACTS = (new_run, run, complete, remove, new_flow_run)


class WrittenTable:
    """Writers of runs, and a stream that is delivered in parts and again."""

    def __init__(self, database: DynamoDB) -> None:
        self.store = Store(Table(database.client, database.table), shards=2)
        self.counting = Counting(database)
        self._ended = threading.Event()

    def write(self, seed: int) -> int:
        """Create, change and remove runs until the end; return how many were written."""
        mixed = Random(seed)  # noqa: S311 - the same order each time
        written = 0
        while not self._ended.wait(BETWEEN_WRITES):
            (act,) = mixed.choices(ACTS, (3, 2, 2, 1, 1))
            with suppress(Conflict, WriteConflict):
                act(self.store, mixed.randrange(OLD + 100))
                written += 1
        return written

    def deliver(self, seed: int) -> None:
        mixed, done = Random(seed), 0  # noqa: S311 - the same order each time
        while not self._ended.wait(BETWEEN_BATCHES):
            records: list[Record] = list(self.counting.records())
            batch = records[done : done + 30]
            again = mixed.sample(records, min(len(records), 5))
            with suppress(Unavailable):
                self.counting.store.add(map(stream_records.read, [*batch, *again]))
                done += len(batch)

    @contextmanager
    def busy(self) -> Iterator[None]:
        with ThreadPoolExecutor(WRITERS + 1) as pool:
            writers = [pool.submit(self.write, seed) for seed in range(WRITERS)]
            stream = pool.submit(self.deliver, 0)
            try:
                yield
            finally:
                self._ended.set()
            assert min(writer.result() for writer in writers) > 0
            stream.result()


@pytest.mark.parametrize("seed", range(3))
def test_a_recount_corrects_the_counts_whoever_writes_meanwhile(
    on_dynoxide: DynamoDB, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    small = {"MAX_WINDOW": 8, "MIN_WINDOW": 2, "MAX_ADDED": 6, "COUNTERS": 2}
    for name, number in small.items():
        monkeypatch.setattr(state_counts, name, number)
    monkeypatch.setattr(recounting, "COUNTERS", state_counts.COUNTERS)
    put_numbered(on_dynoxide, OLD, shards=2)
    site = WrittenTable(on_dynoxide)
    with site.busy():
        corrupt(on_dynoxide, seed)
        found = recount(on_dynoxide).run(seconds_to_arrive=0.2)
    assert {one.kind for one in found} == set(keys.RUNS)
    site.counting.assert_right()


def test_a_recount_tells_what_was_wrong(dynamodb: DynamoDB) -> None:
    put_numbered(dynamodb, OLD, shards=2)
    site = WrittenTable(dynamodb)
    new_run(site.store, OLD)
    new_flow_run(site.store, 0)
    table = Table(dynamodb.client, dynamodb.table)
    table.write(Add(keys.count(keys.TASK_RUN, 1), {"PENDING": 3, "CRASHED": -2}))
    table.write(Add(keys.count(keys.TASK_RUN, 2), {"PENDING": 1}))
    assert recount(dynamodb).run(0) == [
        Correction(keys.TASK_RUN, "CRASHED", 2),
        Correction(keys.TASK_RUN, "PENDING", -4),
    ]
    assert_counted(dynamodb)
    assert recount(dynamodb).run(0) == []
    site.counting.assert_right()


def test_a_recount_counts_what_the_stream_did_not_deliver(dynamodb: DynamoDB) -> None:
    site = WrittenTable(dynamodb)
    for number in range(5):
        new_run(site.store, number)
        move_on(site.store, number, StateType.RUNNING)
    lost = list(map(stream_records.read, site.counting.records()))
    site.counting.store.add(lost[3:8])
    assert recount(dynamodb).run(0) == []
    assert_counted(dynamodb)
    site.counting.store.add(lost)
    assert_counted(dynamodb)


def test_two_recounts_at_once_correct_once(on_dynoxide: DynamoDB) -> None:
    put_numbered(on_dynoxide, OLD, shards=2)
    site = WrittenTable(on_dynoxide)
    corrupt(on_dynoxide, 1)
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(lambda _: recount(on_dynoxide).run(0), range(2)))
    site.counting.assert_right()
