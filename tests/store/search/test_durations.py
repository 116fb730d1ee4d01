"""The orders of durations: by an index, whatever runs take as long, and as of an instant."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from random import Random
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import Duration
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import sort_keys
from runledger.store.search.duration_reader import read_duration
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.calls import heard
from tests.store.support.populations import DAWN, in_state, put_task_runs, task_run
from tests.support.databases import DynamoDB, Engine, new_table
from tests.support.facts import facts_of

pytestmark = pytest.mark.costly_fixture

NOW = DAWN + timedelta(hours=10)
UPWARDS, DOWNWARDS = TaskRunSort.DURATION_ASC, TaskRunSort.DURATION_DESC
SECOND = timedelta(seconds=1)
ALL = Criteria()


def ran(number: int, total: timedelta, expected: datetime | None = DAWN) -> TaskRun:
    """A run that ended, after so much RUNNING."""
    run = task_run(number, total_run_time=total, expected_start_time=expected)
    state = State(id=uuid4(), type=StateType.COMPLETED, name="Completed", timestamp=DAWN)
    return in_state(run, state)


def running(number: int, since: datetime, total: timedelta = timedelta(0)) -> TaskRun:
    """A run that is in RUNNING since then, after so much of it before."""
    state = State(id=uuid4(), type=StateType.RUNNING, name="Running", timestamp=since)
    return in_state(task_run(number, total_run_time=total), state)


def estimate(run: TaskRun, now: datetime) -> timedelta:
    assert run.state
    grown = now - run.state.timestamp if run.state_type == StateType.RUNNING else timedelta(0)
    return run.total_run_time + grown


def in_order(runs: Sequence[TaskRun], sort: TaskRunSort, now: datetime = NOW) -> list[TaskRun]:
    """Sort three times, by what matters least first, as stable sorts allow."""
    never = datetime.min.replace(tzinfo=UTC)
    listed = sorted(runs, key=lambda run: str(run.id), reverse=True)
    listed.sort(key=lambda run: run.expected_start_time or never, reverse=True)
    listed.sort(key=lambda run: estimate(run, now), reverse=sort == DOWNWARDS)
    return listed


def mixed(draw: Random) -> list[TaskRun]:
    """Runs of which many took as long, many of those no time, and some run."""
    expected = [DAWN + number * SECOND for number in range(40)]
    counts = {0: 70, 5: 60, 7: 1, 9: 25, 11: 2, 13: 1, 7200: 4}
    totals = [seconds * SECOND for seconds, count in counts.items() for _ in range(count)]
    since = [NOW - seconds * SECOND for seconds in (1, 6, 6, 8, 10, 10, 10, 3600, 3600, 86400)]
    made = [ran(number, total, draw.choice(expected)) for number, total in enumerate(totals)]
    made += [running(-1 - number, begun) for number, begun in enumerate(since * 3)]
    made += [running(-99 - number, NOW - number * SECOND, 4 * SECOND) for number in range(9)]
    return [*made, ran(-200, timedelta(0), None), ran(-201, 5 * SECOND, None), task_run(-202)]


@pytest.fixture(scope="module", params=[1, 2, 5])
def filled(request: pytest.FixtureRequest, dynoxide: Engine) -> tuple[Store, list[TaskRun]]:
    database = new_table(dynoxide)
    runs = mixed(Random(request.param))  # noqa: S311 the same runs again
    put_task_runs(database, [Stored(run, version=1) for run in runs], shards=request.param)
    return Store(Table(database.client, database.table), request.param), runs


def find(store: Store, page: Page, criteria: Criteria = ALL) -> list[UUID]:
    return [run.id for run in task_run_searcher(store, criteria, page).find().answer]


@pytest.mark.parametrize("sort", [UPWARDS, DOWNWARDS])
@pytest.mark.parametrize("limit", [1, 2, 7, 50, 200])
def test_pages_have_all_runs_in_order_wherever_they_begin(
    filled: tuple[Store, list[TaskRun]], sort: TaskRunSort, limit: int
) -> None:
    store, runs = filled
    wanted = [run.id for run in in_order(runs, sort)]
    offsets = range(0, len(runs) + limit, max(limit, 13))
    for offset in offsets:
        assert find(store, Page(sort.order, offset, limit, NOW)) == wanted[offset : offset + limit]


@pytest.mark.parametrize("sort", [UPWARDS, DOWNWARDS])
def test_runs_that_run_overtake_those_that_do_not(
    filled: tuple[Store, list[TaskRun]], sort: TaskRunSort
) -> None:
    store, runs = filled
    for later in (1, 3, 60, 7000):
        now = NOW + later * SECOND
        wanted = [run.id for run in in_order(runs, sort, now)]
        assert find(store, Page(sort.order, 0, len(runs), now)) == wanted


NARROW = Criteria.model_validate({"task_runs": {"state": {"type": {"any_": ["RUNNING"]}}}})
WIDE = Criteria.model_validate({"task_runs": {"name": {"like_": "1"}}})


@pytest.mark.parametrize("sort", [UPWARDS, DOWNWARDS])
@pytest.mark.parametrize("criteria", [NARROW, WIDE])
def test_what_is_filtered_stands_in_the_same_order(
    filled: tuple[Store, list[TaskRun]], sort: TaskRunSort, criteria: Criteria
) -> None:
    store, runs = filled
    wanted = in_order([run for run in runs if criteria.matches(facts_of(Stored(run, 1)))], sort)
    page = Page(sort.order, 3, 20, NOW)
    found = task_run_searcher(store, criteria, page).paginate().answer
    assert [run.id for run in found.page] == [run.id for run in wanted[3:23]]
    assert found.total == len(wanted)


SIZES, PAGE, DEEP = [300, 1_200], 100, 150


@pytest.mark.parametrize("seconds", [0, 5])
def test_a_page_among_many_that_took_as_long_reads_no_more_of_more(
    on_dynoxide: DynamoDB, seconds: int
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), 2)
    for smaller, size in zip([0, *SIZES], SIZES, strict=False):
        runs = [ran(number, seconds * SECOND) for number in range(smaller, size)]
        put_task_runs(on_dynoxide, [Stored(run, version=1) for run in runs], shards=2)
        for sort, offset in product((UPWARDS, DOWNWARDS), (0, DEEP)):
            # Upwards, those that took some time are read once to see how many they are, and once
            # backwards.
            times = 2 if sort == UPWARDS and seconds else 1
            assert _entries_read(store, sort, offset) <= 1.5 * times * (PAGE + offset)


def _entries_read(store: Store, sort: TaskRunSort, offset: int) -> int:
    with heard(store.table.client) as calls:
        assert len(find(store, Page(sort.order, offset, PAGE, NOW))) == PAGE
    return sum(answer["Count"] for name, answer in calls if name == "Query")


TOTALS = st.timedeltas(timedelta(0), timedelta(days=36_500))
INSTANTS = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001
MOMENTS = st.sampled_from([NOW, NOW + timedelta(microseconds=1)]) | INSTANTS
DURATIONS = st.builds(
    Duration.of,
    st.uuids(),
    state_type=st.sampled_from(StateType),
    since=MOMENTS,
    total=st.sampled_from([timedelta(0), SECOND]) | TOTALS,
    expected=st.none() | MOMENTS,
)


@given(duration=DURATIONS)
def test_a_place_is_read_back_as_the_duration_that_it_spells(duration: Duration) -> None:
    assert read_duration(sort_keys.duration_sort_key(duration)) == duration


@given(one=DURATIONS, other=DURATIONS, now=MOMENTS)
def test_places_stand_in_the_order_of_durations(
    one: Duration, other: Duration, now: datetime
) -> None:
    """Going down: that of runs which run is the other way round, but for those that tie."""
    if one.is_running == other.is_running:
        places_fall = sort_keys.duration_sort_key(one) > sort_keys.duration_sort_key(other)
        runs_grow = one.is_running and one.taken != other.taken
        ranks_fall = one.rank(now, reverse=True) > other.rank(now, reverse=True)
        assert ranks_fall == (places_fall != (runs_grow and one != other))


@given(one=DURATIONS, other=DURATIONS)
def test_those_that_took_as_long_lie_within_one_range(one: Duration, other: Duration) -> None:
    ties, place = sort_keys.equal_durations(one), sort_keys.duration_sort_key(other)
    alike = (one.is_running, one.taken) == (other.is_running, other.taken)
    assert (ties[0] <= place <= ties[1]) == alike
    after = sort_keys.longer_durations(one)
    is_after = one.is_running == other.is_running and other.taken > one.taken
    assert (after[0] <= place <= after[1]) == is_after


def test_a_page_by_duration_needs_an_instant(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), 2)
    put_task_runs(on_dynoxide, [Stored(ran(0, SECOND), 1)], shards=2)
    with pytest.raises(ValueError, match="instant"):
        find(store, Page(UPWARDS.order, 0, 1))
