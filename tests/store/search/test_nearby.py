"""Orders of runs without an entry of their own: of creation, of runs that run or have not begun."""

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_run_items import Stored
from runledger.store.search.nearby import Nearby, in_order_of_ranks
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.calls import heard
from tests.store.support.populations import DAWN, in_state, put_task_runs, task_run
from tests.support.databases import DynamoDB, Engine, new_table

pytestmark = pytest.mark.costly_fixture

WITHIN = 5
SECOND = timedelta(seconds=1)
SHARDS = 2
ENDS, SCHEDULED = TaskRunSort.END_TIME_DESC, TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC
DURATIONS = (TaskRunSort.DURATION_ASC, TaskRunSort.DURATION_DESC)

PAIRS = st.lists(st.tuples(st.integers(0, 30), st.integers(-2 * WITHIN, 2 * WITHIN)), max_size=30)


@given(pairs=PAIRS, backwards=st.booleans(), turned=st.booleans())
def test_ranks_come_in_order_wherever_they_stand(
    pairs: list[tuple[int, int]],
    backwards: bool,  # noqa: FBT001 hypothesis draws it
    turned: bool,  # noqa: FBT001
) -> None:
    reverse = backwards != turned
    entries = [nearby(number, *pair, turned=turned) for number, pair in enumerate(pairs)]
    by_expected = sorted(entries, key=lambda one: one.expected, reverse=backwards)
    wanted = sorted(entries, key=lambda one: one.rank, reverse=reverse)
    apart = iter([one for one in wanted if not one.is_near])
    found = in_order_of_ranks(
        by_expected, apart, within=WITHIN, backwards=backwards, reverse=reverse
    )
    assert list(found) == wanted


def nearby(number: int, expected: int, after: int, *, turned: bool) -> Nearby:
    """An entry whose rank rises with its time or, turned, falls."""
    time = expected + after
    rank = (-time if turned else time, number)
    return Nearby(expected, time, rank, {"number": number}, abs(after) <= WITHIN)


def varied(draw: Random, number: int) -> TaskRun:
    """A run near to its expected start or not, in any state, scheduled and ended or not."""
    run = task_run(number)
    near = timedelta(milliseconds=draw.randrange(-6_000, 6_000))
    far = draw.choice([timedelta(hours=-1), timedelta(hours=1)])
    expected = run.created + draw.choice([timedelta(0), near, near, far])
    times = {
        "expected_start_time": expected,
        "next_scheduled_start_time": draw.choice([None, None, expected, expected + far]),
        "end_time": draw.choice([None, None, run.created + number % 7 * SECOND, expected]),
        "total_run_time": draw.choice([0, 0, 0, 3]) * SECOND,
    }
    since = expected + draw.choice([near, far])
    state = State(id=uuid4(), type=draw.choice(list(StateType)), name="Odd", timestamp=since)
    return in_state(run.replace(**times), state)


@pytest.fixture(scope="module", params=[0, 1, 2])
def filled(request: pytest.FixtureRequest, dynoxide: Engine) -> tuple[Store, list[TaskRun]]:
    database, draw = new_table(dynoxide), Random(request.param)  # noqa: S311 the same runs again
    runs = [varied(draw, number) for number in range(150)]
    put_task_runs(database, [Stored(run, version=1) for run in runs], shards=SHARDS)
    return Store(Table(database.client, database.table), SHARDS), runs


NOW = DAWN + timedelta(minutes=2)


def find(store: Store, page: Page, criteria: Criteria | None = None) -> list[int]:
    found = task_run_searcher(store, criteria or Criteria(), page).find().answer
    return [int(run.value().dynamic_key) for run in found]


def numbers(runs: list[TaskRun]) -> list[int]:
    return [int(run.dynamic_key) for run in runs]


def in_order(runs: list[TaskRun], sort: TaskRunSort) -> list[TaskRun]:
    """Sort as the reference does: what has no time first; ties by creation."""
    times = {run.id: getattr(run, sort.order.column) for run in runs}

    def rank(run: TaskRun) -> tuple[bool, datetime, datetime]:
        return times[run.id] is not None, times[run.id] or DAWN, run.created

    return sorted(runs, key=rank, reverse=sort.order.reverse)


@pytest.mark.parametrize("sort", [ENDS, SCHEDULED])
@pytest.mark.parametrize("limit", [1, 7, 40, 200])
def test_runs_without_a_time_come_in_the_order_of_their_creation(
    filled: tuple[Store, list[TaskRun]], sort: TaskRunSort, limit: int
) -> None:
    store, runs = filled
    wanted = numbers(in_order(runs, sort))
    for offset in range(0, len(runs) + limit, max(limit, 17)):
        assert find(store, Page(sort.order, offset, limit)) == wanted[offset : offset + limit]


@pytest.mark.parametrize("sort", DURATIONS)
@pytest.mark.parametrize("limit", [1, 7, 40, 200])
def test_runs_that_run_or_have_not_begun_come_by_their_durations(
    filled: tuple[Store, list[TaskRun]], sort: TaskRunSort, limit: int
) -> None:
    store, runs = filled
    wanted = numbers(by_duration(runs, sort))
    for offset in range(0, len(runs) + limit, max(limit, 17)):
        found = find(store, Page(sort.order, offset, limit, NOW))
        assert found == wanted[offset : offset + limit]


def by_duration(runs: list[TaskRun], sort: TaskRunSort) -> list[TaskRun]:
    def taken(run: TaskRun) -> timedelta:
        assert run.state
        running = run.state_type == StateType.RUNNING
        return run.total_run_time + (NOW - run.state.timestamp if running else timedelta(0))

    ties_last = sorted(runs, key=lambda run: (run.expected_start_time, str(run.id)), reverse=True)
    return sorted(ties_last, key=taken, reverse=sort.order.reverse)


PAGE = 50
MANY = 600


def waiting(number: int) -> TaskRun:
    state = State(id=uuid4(), type=StateType.SCHEDULED, name="Scheduled", timestamp=DAWN)
    at = DAWN + timedelta(days=1) + number * SECOND
    run = task_run(number, next_scheduled_start_time=at, expected_start_time=at)
    return in_state(run, state)


def running(number: int) -> TaskRun:
    run = task_run(number)
    state = State(id=uuid4(), type=StateType.RUNNING, name="Running", timestamp=run.created)
    return in_state(run, state)


def late(number: int) -> TaskRun:
    """A run that began a minute later than expected."""
    run = task_run(number)
    since = run.created + 60 * SECOND
    state = State(id=uuid4(), type=StateType.RUNNING, name="Running", timestamp=since)
    return in_state(run, state)


def ended(number: int) -> TaskRun:
    run = task_run(number, end_time=DAWN + number * SECOND, total_run_time=SECOND)
    state = State(id=uuid4(), type=StateType.COMPLETED, name="Completed", timestamp=run.created)
    return in_state(run, state)


# What a page of 50 of 600 such runs reads at most, in pages, in some orders.
CASES: list[tuple[Callable[[int], TaskRun], dict[TaskRunSort, float]]] = [
    (running, dict.fromkeys(DURATIONS, 1.5)),
    # As many began while the first one waited.
    (late, dict.fromkeys(DURATIONS, 6)),
    # The only type of seven that there is.
    (ended, {ENDS: 1.5, SCHEDULED: 3}),
    (waiting, {SCHEDULED: 1.5}),
]


@pytest.mark.parametrize(("kind", "most"), CASES)
def test_a_page_of_many_alike_reads_few_more(
    on_dynoxide: DynamoDB, kind: Callable[[int], TaskRun], most: dict[TaskRunSort, float]
) -> None:
    runs = [kind(number) for number in range(MANY)]
    put_task_runs(on_dynoxide, [Stored(run, version=1) for run in runs], shards=SHARDS)
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    for sort, pages in most.items():
        with heard(on_dynoxide.client) as calls:
            found = find(store, Page(sort.order, 0, PAGE, DAWN + timedelta(days=2)))
        assert len(found) == PAGE
        entries = sum(answer["Count"] for name, answer in calls if name == "Query")
        assert entries <= pages * PAGE, sort
