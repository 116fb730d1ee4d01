"""Task runs by their end: many ended soon after their expected start, and have no entry by it."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import product
from uuid import uuid4

import pytest

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import TERMINAL, State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import ALL, Order, Page, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item
from runledger.store.runs.task_run_items import Stored, task_run_item
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.sort_keys import MICROSECOND
from runledger.store.search import planner
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.calls import heard
from tests.store.support.populations import DAWN, in_state, put, put_task_runs, task_run
from tests.support.databases import DynamoDB

SOON, ZERO, HOUR, SECOND = sort_keys.SOON, *map(timedelta, (0, 1 / 24, 1 / 86_400))
# From its expected start to its end.
LATER = (None, -HOUR, -MICROSECOND, ZERO, MICROSECOND, SOON, SOON + MICROSECOND, HOUR)
EDGES = (None, -HOUR, -MICROSECOND, ZERO, MICROSECOND, SOON, SOON + MICROSECOND, 2 * SOON, HOUR)
# Some ended, and are in no terminal state.
TYPES = (StateType.COMPLETED, StateType.FAILED, StateType.RUNNING)
SORTS, BY_END = tuple(TaskRunSort), TaskRunSort.END_TIME_DESC.order
NOW = DAWN + 24 * HOUR


def ended(number: int, later: timedelta | None, kind: StateType) -> TaskRun:
    expected = DAWN + number % 2 * SOON
    end = None if later is None else expected + later
    run = task_run(number, expected_start_time=expected, end_time=end)
    return in_state(run, State(id=uuid4(), type=kind, name=kind.capitalize(), timestamp=DAWN))


@pytest.fixture
def runs(on_dynoxide: DynamoDB) -> Sequence[TaskRun]:
    each = enumerate(product(LATER, TYPES, range(3)))
    made = [ended(number, later, kind) for number, (later, kind, _) in each]
    put_task_runs(on_dynoxide, [Stored(run, version=1) for run in made], shards=2)
    return made


@pytest.fixture
def store(on_dynoxide: DynamoDB) -> Store:
    return Store(Table(on_dynoxide.client, on_dynoxide.table), 2)


RANGES = [(low, high) for low, high in product(EDGES, EDGES) if (low, high) != (None, None)]


def test_runs_are_found_by_their_end_in_any_order(store: Store, runs: Sequence[TaskRun]) -> None:
    for number, (low, high) in enumerate(RANGES):
        wanted = numbers([run for run in runs if is_within(run, low, high)])
        order = SORTS[number % len(SORTS)].order
        assert sorted(two_pages(store, within(low, high), order)) == wanted


def test_runs_that_ended_in_a_range_come_by_their_end(
    store: Store, runs: Sequence[TaskRun]
) -> None:
    for low, high in RANGES:
        wanted = last_first([run for run in runs if is_within(run, low, high)])
        assert two_pages(store, within(low, high), BY_END) == numbers(wanted)


def two_pages(store: Store, criteria: Criteria, order: Order) -> list[int]:
    """Find a page that is too small for all, and one that is not."""
    pages = [Page(order, 0, 20, NOW), Page(order, 20, 100, NOW)]
    return [run for page in pages for run in find(store, criteria, page)]


def is_within(run: TaskRun, low: timedelta | None, high: timedelta | None) -> bool:
    end = run.end_time
    is_before = high is None or (end is not None and end <= DAWN + high)
    return end is not None and is_before and (low is None or end >= DAWN + low)


def within(low: timedelta | None, high: timedelta | None) -> Criteria:
    after, before = (None if edge is None else DAWN + edge for edge in (low, high))
    end = {"after_": after, "before_": before}
    return Criteria.model_validate({"task_runs": {"end_time": end}})


def last_first(runs: Sequence[TaskRun]) -> list[TaskRun]:
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(runs, key=lambda run: (run.end_time or never, run.created), reverse=True)


def find(store: Store, criteria: Criteria, page: Page) -> list[int]:
    found = task_run_searcher(store, criteria, page).find().answer
    return [int(run.value().dynamic_key) for run in found]


def numbers(runs: Sequence[TaskRun]) -> list[int]:
    return [int(run.dynamic_key) for run in runs]


def test_a_range_may_end_where_time_does(store: Store, runs: Sequence[TaskRun]) -> None:
    first, last = (edge.replace(tzinfo=UTC) for edge in (datetime.min, datetime.max))  # noqa: DTZ901
    for end in ({"after_": first}, {"before_": last}, {"after_": first, "before_": last}):
        criteria = Criteria.model_validate({"task_runs": {"end_time": end}})
        found = task_run_searcher(store, criteria, ALL).find()
        assert len(found.answer) == sum(run.end_time is not None for run in runs)
        assert found.path == "by_end"


def test_a_run_that_ended_soon_after_its_expected_start_has_no_entry_by_its_end() -> None:
    each = list(product(LATER, StateType))
    spelled = {
        (later, kind): task_run_item(Stored(ended(0, later, kind), version=1), shards=2)
        for later, kind in each
    }
    soon = {ZERO, MICROSECOND, SOON}
    with_entry = {
        (later, kind)
        for later, kind in each
        if later is not None and (later not in soon or kind not in TERMINAL)
    }
    assert {one for one, item in spelled.items() if "end" in item} == with_entry


def test_a_run_without_an_expected_start_is_found_by_its_end(
    on_dynoxide: DynamoDB, store: Store
) -> None:
    run = ended(0, ZERO, StateType.COMPLETED).replace(expected_start_time=None)
    put_task_runs(on_dynoxide, [Stored(run, version=1)], shards=2)
    page = Page(BY_END, 0, 3)
    assert find(store, Criteria(), page) == find(store, within(-SECOND, SECOND), page) == [0]


def test_runs_with_an_entry_of_an_earlier_version_are_listed_once(
    on_dynoxide: DynamoDB, store: Store
) -> None:
    made = [ended(number, ZERO, StateType.COMPLETED) for number in range(6)]
    without, with_entry = made[::2], made[1::2]
    put(on_dynoxide, [*map(item, without), *map(with_end, with_entry)])
    page = Page(BY_END, 0, 100)
    wanted = numbers(last_first(made))
    assert find(store, Criteria(), page) == find(store, within(-HOUR, HOUR), page) == wanted


def item(run: TaskRun) -> Item:
    return task_run_item(Stored(run, version=1), shards=2)


def with_end(run: TaskRun) -> Item:
    return {**item(run), "end": sort_keys.time_sort_key(run.end_time, run.created, run.id)}


def test_a_run_that_ends_during_a_walk_is_not_missed(on_dynoxide: DynamoDB, store: Store) -> None:
    going = [ended(number, None, StateType.RUNNING) for number in range(40)]
    others = [ended(number, later, TYPES[number % 2]) for number, later in enumerate(spread(), 40)]
    put_task_runs(on_dynoxide, [Stored(run, version=1) for run in [*going, *others]], shards=2)
    page = Page(BY_END, 0, 200)
    reader = task_run_searcher(store, Criteria(), page).reader
    candidates = reader.candidates(planner.everything(keys.TASK_RUN, page.order, 2))
    found = [next(candidates).key for _ in range(30)]
    for number in range(0, 40, 2):
        later = (SOON, HOUR)[number % 4 // 2]
        put(on_dynoxide, [item(ended(number, later, StateType.COMPLETED))])
    found += [candidate.key for candidate in candidates]
    assert len(found) == len(set(found)) == 140
    assert set(found) == {keys.task_run(run.id) for run in [*going, *others]}


def spread() -> Iterator[timedelta]:
    """A hundred ends, soon after the expected start or not."""
    return (number % 7 * SOON / 5 for number in range(100))


# Of a hundred runs so many do not end soon after their expected start.
@pytest.mark.parametrize("far", [0, 20, 50, 80, 100])
def test_a_page_by_end_reads_few_more_entries(
    on_dynoxide: DynamoDB, store: Store, far: int
) -> None:
    page = Page(BY_END, 0, 200)
    read: list[int] = []
    made: list[TaskRun] = []
    for size in (600, 1800):
        more = [one_of_many(number, far) for number in range(len(made), size)]
        put_task_runs(on_dynoxide, [Stored(run, version=1) for run in more], shards=2)
        made += more
        with heard(store.table.client) as calls:
            found = find(store, Criteria(), page)
        assert found == numbers(last_first(made)[:200])
        read.append(sum(answer["Count"] for name, answer in calls if name == "Query"))
    assert max(read) <= 500
    assert read[1] <= 1.3 * read[0]


def test_a_page_of_a_range_of_ends_reads_no_more_than_a_page(
    on_dynoxide: DynamoDB, store: Store
) -> None:
    made = [one_of_many(number, far=20) for number in range(1_200)]
    put_task_runs(on_dynoxide, [Stored(run, version=1) for run in made], shards=2)
    searcher = task_run_searcher(store, within(HOUR / 60, HOUR), Page(BY_END, 0, 50))
    searcher.max_sorted = 100
    with heard(store.table.client) as calls:
        found = searcher.find()
    runs = [run.value() for run in found.answer]
    assert (found.path, runs) == ("by_end", last_first(made)[:50])
    # A hundred candidates are filtered at a time.
    assert sum(answer["Count"] for name, answer in calls if name == "Query") <= 300


def one_of_many(number: int, far: int) -> TaskRun:
    """A run of many, a second after the one before, of which each ninth fails."""
    later = 60 * SECOND if number * 37 % 100 < far else SOON
    kind = StateType.COMPLETED if number % 9 else StateType.FAILED
    run = task_run(number, end_time=DAWN + number * SECOND + later)
    return in_state(run, State(id=uuid4(), type=kind, name=kind.capitalize(), timestamp=DAWN))
