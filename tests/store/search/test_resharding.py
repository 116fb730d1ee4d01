"""The number of shards changes on a table with data: all is found, before, meanwhile and after."""

from collections.abc import Iterator
from datetime import timedelta
from itertools import pairwise, product
from uuid import UUID

import pytest

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.counting import Counting
from tests.store.support.populations import DAWN, task_run
from tests.support.databases import DynamoDB

RUNS = 20
TAGS = ("old",)
LATE = DAWN + timedelta(days=1)

# What is written to and read by, one deployment after the other; while one replaces the other,
# functions of both are at work.
RAISED = [(2, 0), (2, 5), (5, 5), (5, 0)]
LOWERED = [(5, 0), (2, 5)]

each_way = pytest.mark.parametrize("deployments", [RAISED, LOWERED], ids=["raised", "lowered"])
CRITERIA: dict[str, dict[str, object]] = {
    "all": {},
    "state": {"state": {"type": {"any_": ["PENDING"]}}},
    "tag": {"tags": {"all_": ["old"]}},
    "time": {"expected_start_time": {"after_": DAWN.isoformat()}},
}


def stores(database: DynamoDB, deployments: list[tuple[int, int]]) -> list[Store]:
    table = Table(database.client, database.table)
    return [Store(table, written, shards_read=read) for written, read in deployments]


def found(store: Store, wanted: dict[str, object], sort: TaskRunSort) -> list[UUID]:
    criteria = Criteria.model_validate({"task_runs": wanted} if wanted else {})
    page = Page(sort.order, offset=0, limit=200, now=DAWN)
    return [run.id for run in task_run_searcher(store, criteria, page).find().answer]


def written(store: Store, first: int) -> list[TaskRun]:
    runs = [task_run(number, tags=TAGS) for number in range(first, first + RUNS)]
    return [TaskRunStore.of(store).create(run) for run in runs]


def pairs(of: list[Store]) -> Iterator[tuple[Store, Store]]:
    """Return readers and writers, while functions of two deployments are at work."""
    for before, after in pairwise(of):
        yield before, after
        yield after, before


@each_way
def test_runs_are_found_whoever_wrote_them_and_whoever_reads(
    on_dynoxide: DynamoDB, deployments: list[tuple[int, int]]
) -> None:
    runs: set[UUID] = set()
    for number, (reader, writer) in enumerate(pairs(stores(on_dynoxide, deployments))):
        runs |= {run.id for run in written(writer, number * RUNS)}
        for (name, wanted), sort in product(CRITERIA.items(), TaskRunSort):
            assert sorted(found(reader, wanted, sort)) == sorted(runs), (name, sort)


@each_way
def test_runs_that_are_written_again_are_found_once(
    on_dynoxide: DynamoDB, deployments: list[tuple[int, int]]
) -> None:
    first, *others = stores(on_dynoxide, deployments)
    runs = written(first, 0)
    for store in others:
        for run in runs[::2]:
            seen = TaskRunStore.of(store).read(run.id)
            assert seen
            TaskRunStore.of(store).rewrite(seen, seen.run.replace(updated=LATE))
        assert sorted(found(store, {}, TaskRunSort.NAME_ASC)) == sorted(run.id for run in runs)


@each_way
def test_runs_are_counted_and_removed_whoever_wrote_them(
    on_dynoxide: DynamoDB, deployments: list[tuple[int, int]]
) -> None:
    counting = Counting(on_dynoxide)
    first, *_, last = stores(on_dynoxide, deployments)
    runs = [*written(first, 0), *written(last, RUNS)]
    for run in runs[::2]:
        assert TaskRunDeletionStore.of(last).delete(run.id, LATE)
    assert counting.totals() == {StateType.PENDING: RUNS}
    assert sorted(found(last, {"tags": {"all_": ["old"]}}, TaskRunSort.ID_DESC)) == sorted(
        run.id for run in runs[1::2]
    )
