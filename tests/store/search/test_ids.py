"""Task runs by their ids: most have no entry by it, since their id begins with their time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

import pytest

from runledger.domain.filters.criteria import Criteria
from runledger.domain.random_values import uuid7
from runledger.domain.runs.states import State, StateType, state_id_of
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.runs.states import StateStore
from runledger.store.runs.task_run_items import Stored, task_run_item
from runledger.store.schema import keys, sort_keys
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.calls import heard
from tests.store.support.populations import DAWN, in_state, put_task_runs, task_run
from tests.support.databases import DynamoDB

SHARDS = 2
MILLISECOND = timedelta(milliseconds=1)
LEAST, AT_ONCE = timedelta(microseconds=1), sort_keys.AT_ONCE
ORDER = TaskRunSort.ID_DESC.order


def store_of(database: DynamoDB) -> Store:
    return Store(Table(database.client, database.table), SHARDS)


def put_runs(database: DynamoDB, runs: list[TaskRun]) -> None:
    put_task_runs(database, [Stored(run, version=1) for run in runs], shards=SHARDS)


def found(store: Store, offset: int, limit: int, criteria: Criteria | None = None) -> list[UUID]:
    search = task_run_searcher(store, criteria or Criteria(), Page(ORDER, offset, limit))
    return [run.value().id for run in search.find().answer]


def made_at(number: int, time: datetime, expected: datetime | None) -> TaskRun:
    """A run whose id begins with a time."""
    return task_run(number, id=uuid7(time, number << 40), expected_start_time=expected)


def varied(draw: Random, number: int) -> TaskRun:
    """A run whose id begins with a time near to its expected start, or far, or with no time."""
    at = DAWN + draw.randrange(500) * MILLISECOND
    expected = at + draw.randrange(-150_000, 150_000) * LEAST
    run = draw.choice([made_at(number, at, expected), task_run(number, expected_start_time=at)])
    return draw.choice([run, run, run, run.replace(expected_start_time=None)])


@pytest.mark.parametrize("seed", [0, 1, 2])
@pytest.mark.parametrize("limit", [1, 7, 200])
def test_runs_come_in_the_order_of_their_ids(on_dynoxide: DynamoDB, seed: int, limit: int) -> None:
    draw = Random(seed)  # noqa: S311 the same runs again
    runs = [varied(draw, number) for number in range(120)]
    put_runs(on_dynoxide, runs)
    wanted = sorted((run.id for run in runs), key=str, reverse=True)
    store = store_of(on_dynoxide)
    for offset in range(0, len(runs) + limit, max(limit, 19)):
        assert found(store, offset, limit) == wanted[offset : offset + limit]
    named = Criteria.model_validate({"task_runs": {"name": {"like_": "run 0000"}}})
    of_name = {run.id for run in runs if run.name.startswith("run 0000")}
    assert found(store, 0, 200, named) == [run_id for run_id in wanted if run_id in of_name]


def test_a_run_whose_id_begins_with_its_expected_start_has_no_entry_by_id() -> None:
    after = (-AT_ONCE - LEAST, -AT_ONCE, timedelta(0), AT_ONCE, AT_ONCE + LEAST)
    runs = {one: made_at(1, DAWN, DAWN + one) for one in after}
    without = {
        one
        for one, run in runs.items()
        if "id_shard" not in task_run_item(Stored(run, version=1), shards=SHARDS)
    }
    assert without == {-AT_ONCE, timedelta(0), AT_ONCE}


def begins_with_time(number: int) -> TaskRun:
    at = DAWN + timedelta(seconds=number)
    return made_at(number, at, at)


def from_anywhere(number: int) -> TaskRun:
    return task_run(2 * number + 1)


@pytest.mark.parametrize(("kind", "pages"), [(begins_with_time, 1.5), (from_anywhere, 3)])
def test_a_page_of_many_ids_of_a_kind_reads_few_more_entries(
    on_dynoxide: DynamoDB, kind: Callable[[int], TaskRun], pages: float
) -> None:
    runs = [kind(number) for number in range(600)]
    put_runs(on_dynoxide, runs)
    wanted = sorted((run.id for run in runs), key=str, reverse=True)
    with heard(on_dynoxide.client) as calls:
        assert found(store_of(on_dynoxide), 0, 50) == wanted[:50]
    assert sum(answer["Count"] for name, answer in calls if name == "Query") <= pages * 50


def test_a_state_whose_id_carries_the_beginning_of_its_runs_is_found_without_an_entry(
    on_dynoxide: DynamoDB,
) -> None:
    """Ids of runs that are made in one millisecond begin alike."""
    expected = [DAWN, DAWN + AT_ONCE, DAWN - AT_ONCE, DAWN + timedelta(hours=1), None]
    runs = [with_state(made_at(number, DAWN, at)) for number, at in enumerate(expected)]
    put_runs(on_dynoxide, runs)
    states = StateStore.of(store_of(on_dynoxide))
    for run in runs:
        assert run.state_id
        read = states.read(run.state_id, kind=keys.TASK_RUN)
        assert read
        assert read.id == run.state_id
    unknown = state_id_of(uuid7(DAWN, 77), uuid7(DAWN, 77))
    assert states.read(unknown, kind=keys.TASK_RUN) is None


def with_state(run: TaskRun) -> TaskRun:
    """Put the run into a state whose id does not tell the run's times."""
    made = state_id_of(run.id, uuid7(DAWN - timedelta(days=1), run.id.int))
    state = State(id=made, type=StateType.RUNNING, name="Running", timestamp=DAWN)
    return in_state(run, state)
