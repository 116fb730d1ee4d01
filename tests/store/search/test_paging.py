"""Paging by offset through runs, while others are created all the time.

An offset counts from the first run of an order as it is when a page is read. Whatever is created
before that place pushes the others on, so that the next page begins with some that the last one
showed: that is what an offset means, on the reference as here. What holds:

- No run is skipped that was there from start to end. Nothing moves one towards the beginning,
  unless runs are deleted, or get another state or name.
- None is shown twice either where new runs come behind what was read: in the order of their
  expected start, upwards, or in any order under a bound that they are not within, such as an
  expected start before the first page was read. (One created while a page is read may be shown
  again: the shards are not read at the same instant, so it can be seen before an older one.)
- One answer shows no run twice, however it changed its place meanwhile.

Pages are longer than the API's: each passes over what is before it, so that shorter ones take long.
`HYPOTHESIS_PROFILE=thorough make test` pages through ten thousand runs.
"""

import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from itertools import count
from random import Random
from typing import Any
from uuid import UUID, uuid4

import pytest

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import State, StateType
from runledger.domain.sorting import Page, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Delete
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.calls import hooked
from tests.store.support.populations import DAWN, in_state, put_task_runs, task_run
from tests.support.databases import DynamoDB, Engine, new_table

pytestmark = pytest.mark.costly_fixture

# More than are sorted in memory at once in any case.
RUNS = 10_000 if os.environ.get("HYPOTHESIS_PROFILE") == "thorough" else 2_200
PAGE, CREATED_MEANWHILE = RUNS // 3 + 1, 20
END = DAWN + timedelta(seconds=RUNS)
WITHIN = Criteria.model_validate(
    {"task_runs": {"expected_start_time": {"before_": (END - timedelta(seconds=1)).isoformat()}}}
)


def varied(number: int) -> Stored:
    """A run with a name and times that stand in no order, or in none but that of its creation."""
    draw = Random(number)  # noqa: S311 the same runs again
    time = DAWN + timedelta(seconds=draw.randrange(RUNS))
    name = f"run {draw.randrange(RUNS // 2)}"
    ended = {"end_time": time} if draw.random() < 0.5 else {"next_scheduled_start_time": time}
    return Stored(task_run(number, name=name, **ended), version=1)


@pytest.fixture(scope="module")
def filled(dynoxide: Engine) -> tuple[Store, set[UUID]]:
    """A store of so many runs, and their ids."""
    database = new_table(dynoxide)
    runs = [varied(number) for number in range(RUNS)]
    put_task_runs(database, runs, shards=2)
    return Store(Table(database.client, database.table), 2), {one.run.id for one in runs}


class Creator:
    """Somebody who creates runs, at any place of an order, while pages are read: some for each."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self.created: list[UUID] = []
        self.due = threading.Semaphore(0)
        self.stopped = False

    def run(self) -> None:
        while self.due.acquire() and not self.stopped:
            new = varied(RUNS + len(self.created)).run.replace(id=uuid4(), dynamic_key=str(uuid4()))
            TaskRunStore.of(self.store).create(new)
            self.created.append(new.id)

    def stop(self) -> None:
        self.stopped = True
        self.due.release()


@contextmanager
def creating(store: Store) -> Iterator[Creator]:
    """Let runs be created; in the end, remove them, so that the next test has no more to read."""
    creator = Creator(store)
    thread = threading.Thread(target=creator.run)
    thread.start()
    try:
        yield creator
    finally:
        creator.stop()
        thread.join()
        store.table.write_batches([Delete(keys.task_run(run_id)) for run_id in creator.created])


def walk(creator: Creator, criteria: Criteria, sort: TaskRunSort) -> Iterator[list[UUID]]:
    """Yield the ids on each page, up to one that is not full."""
    for offset in count(0, PAGE):
        creator.due.release(CREATED_MEANWHILE)
        page = Page(sort.order, offset, PAGE, END)
        found = task_run_searcher(creator.store, criteria, page).find().answer
        yield [run.id for run in found]
        if len(found) < PAGE:
            return


UPWARDS = TaskRunSort.EXPECTED_START_TIME_ASC


@pytest.mark.parametrize("sort", [sort for sort in TaskRunSort if sort != UPWARDS])
def test_whatever_is_created_no_page_skips_a_run(
    filled: tuple[Store, set[UUID]], sort: TaskRunSort
) -> None:
    store, there = filled
    shown: list[UUID] = []
    with creating(store) as creator:
        for page in walk(creator, Criteria(), sort):
            assert len(set(page)) == len(page)
            shown += page
    assert there <= set(shown)
    assert len(shown) - len(set(shown)) <= len(creator.created)


@pytest.mark.parametrize("sort", TaskRunSort)
def test_under_a_bound_no_page_skips_or_repeats_a_run(
    filled: tuple[Store, set[UUID]], sort: TaskRunSort
) -> None:
    store, there = filled
    with creating(store) as creator:
        shown = [run_id for page in walk(creator, WITHIN, sort) for run_id in page]
    assert creator.created
    assert (len(shown), set(shown)) == (len(there), there)


def test_upwards_in_time_no_page_skips_or_repeats_a_run(filled: tuple[Store, set[UUID]]) -> None:
    store, there = filled
    with creating(store) as creator:
        pages = walk(creator, Criteria(), UPWARDS)
        shown = [run_id for page in pages for run_id in page if run_id in there]
    assert creator.created
    assert (len(shown), set(shown)) == (len(there), there)


STATES = [StateType.PENDING, StateType.RUNNING]
IN_STATES = Criteria.model_validate({"task_runs": {"state": {"type": {"any_": STATES}}}})


def test_a_run_that_moves_while_it_is_listed_is_listed_once(on_dynoxide: DynamoDB) -> None:
    run = task_run(0)
    started = State(id=uuid4(), type=StateType.RUNNING, name="Running", timestamp=DAWN)
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), 1)
    put_task_runs(on_dynoxide, [Stored(run, version=1)], shards=1)

    seen = threading.Event()

    def move(*, params: dict[str, Any], **_: object) -> None:
        """Once it is found where it was, and before it is looked for where it goes."""
        if b"RUNNING" in params["body"]:
            assert seen.wait(timeout=10)
            moved = Stored(in_state(run, started), version=2)
            put_task_runs(on_dynoxide, [moved], shards=1)

    before, after = (f"{when}-call.dynamodb.Query" for when in ("before", "after"))
    with (
        hooked(on_dynoxide.client, before, move),
        hooked(on_dynoxide.client, after, lambda **_: seen.set()),
    ):
        found = task_run_searcher(store, IN_STATES, Page(UPWARDS.order, 0, 10)).find()
    assert (found.items_read, [one.id for one in found.answer]) == (3, [run.id])
