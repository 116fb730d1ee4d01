"""Costs of requests: DynamoDB calls, and entries of an index, at any size of the table."""

from collections import Counter
from dataclasses import replace
from datetime import timedelta
from typing import Any, NamedTuple
from uuid import UUID, uuid4

import httpx
import pytest

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.flows import Flow
from runledger.domain.sorting import FlowSort, Page, TaskRunSort
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.table import Table
from runledger.store.runs import task_run_items
from runledger.store.runs.task_run_items import Stored
from runledger.store.search.executor import MAX_SORTED
from runledger.store.search.flows import flow_searcher
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.asking import Asked, Asking, Site, ask, made, new_task_run
from tests.store.support.calls import Heard, heard
from tests.store.support.populations import (
    DAWN,
    count,
    put,
    put_numbered,
    put_task_runs,
    task_run,
)
from tests.store.support.scenes import (
    create_task_run,
    create_task_run_in_a_flow_run,
    delete_task_run,
)
from tests.support.databases import DynamoDB, Engine, new_table

pytestmark = pytest.mark.costly_fixture

PAGE = 200
NOW = DAWN + timedelta(days=1)
TAGGED = 250


def read_task_run(api: httpx.Client) -> Asked:
    return Asked("GET", f"/task_runs/{made(api, new_task_run())['id']}")


# fmt: off
COSTS: list[tuple[Asking, list[str]]] = [
    (create_task_run,               ["TransactWriteItems"]),
    (create_task_run_in_a_flow_run, ["GetItem", "TransactWriteItems"]),
    (read_task_run,                 ["GetItem"]),
    (delete_task_run,               ["Query", "TransactWriteItems"]),
]
# fmt: on


@pytest.mark.parametrize(("operation", "calls"), COSTS)
def test_an_operation_makes_no_more_calls_than_it_needs(
    site_on_dynoxide: Site, operation: Asking, calls: list[str]
) -> None:
    api, _, client = site_on_dynoxide
    asked = operation(api)
    with heard(client) as made_calls:
        ask(api, asked)
    assert [name for name, _ in made_calls] == calls


# The larger one has more than are sorted in memory at once.
@pytest.fixture(scope="module", params=[500, MAX_SORTED])
def filled(request: pytest.FixtureRequest, dynoxide: Engine) -> DynamoDB:
    """A table of so many runs, each in its own way like many others, and some that have a tag."""
    database = new_table(dynoxide)
    put_numbered(database, request.param, shards=2)
    put_task_runs(database, [tagged(-number) for number in range(1, TAGGED + 1)], shards=2)
    return database


def tagged(number: int) -> Stored:
    return Stored(task_run(number, tags=("a", "b")), version=1)


def entries(calls: Heard) -> int:
    return sum(answer["Count"] for name, answer in calls if name == "Query")


class WalkCost(NamedTuple):
    """The reads of a page, at most: queries of a shard, and pages of entries.

    No run has ended, is scheduled or has begun: the ranges that are empty are asked for, too.
    """

    queries: int
    pages: float


ONE_INDEX = WalkCost(1, 1.5)
# By id: every other run has an id that begins with its time, and no entry but by expected start.
# The others read the entries by state, in a partition for each type, of which one is full.
WALKS = {
    TaskRunSort.ID_DESC: WalkCost(2, 2.5),
    TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC: WalkCost(12, 2),
    TaskRunSort.END_TIME_DESC: WalkCost(9, 1.5),
    TaskRunSort.DURATION_DESC: WalkCost(10, 2),
    TaskRunSort.DURATION_ASC: WalkCost(11, 2),
}


@pytest.mark.parametrize("sort", TaskRunSort)
def test_a_page_of_everything_reads_about_a_page_of_entries(
    filled: DynamoDB, sort: TaskRunSort
) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    with heard(filled.client) as calls:
        found = task_run_searcher(store, Criteria(), Page(sort.order, 0, PAGE, NOW)).find()
    queries, pages = WALKS.get(sort, ONE_INDEX)
    made = Counter(name for name, _ in calls)
    assert len(found.answer) == PAGE
    assert PAGE <= entries(calls) <= pages * PAGE
    assert made["Query"] <= 2 * queries
    assert made.total() - made["Query"] == made["BatchGetItem"] == PAGE / 100


def test_the_runs_of_a_flow_run_cost_their_entries_and_documents(on_dynoxide: DynamoDB) -> None:
    mine, other = uuid4(), uuid4()
    put_task_runs(on_dynoxide, [in_flow_run(number, mine) for number in range(PAGE)], shards=2)
    put_task_runs(on_dynoxide, [in_flow_run(-number, other) for number in range(1, 50)], shards=2)
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    wanted = Criteria.model_validate({"task_runs": {"flow_run_id": {"any_": [mine]}}})
    with heard(on_dynoxide.client) as calls:
        found = task_run_searcher(store, wanted, Page(TaskRunSort.NAME_ASC.order, 0, PAGE)).find()
    assert (len(found.answer), entries(calls)) == (PAGE, PAGE)
    assert [name for name, _ in calls] == ["Query", "BatchGetItem", "BatchGetItem"]


def in_flow_run(number: int, flow_run_id: UUID) -> Stored:
    return Stored(task_run(number, flow_run_id=flow_run_id), version=1)


BY_TAG = Criteria.model_validate({"task_runs": {"tags": {"all_": ["a", "b"]}}})


def test_a_page_of_a_tag_in_its_order_reads_about_a_page_of_entries(filled: DynamoDB) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    page = Page(TaskRunSort.ID_DESC.order, 0, PAGE)
    with heard(filled.client) as calls:
        found = task_run_searcher(store, BY_TAG, page).find()
    assert (found.path, len(found.answer)) == ("by_tag", PAGE)
    assert PAGE <= entries(calls) <= 1.5 * PAGE


@pytest.mark.parametrize("sort", TaskRunSort)
def test_a_page_of_a_tag_reads_no_more_than_what_has_the_tag(
    filled: DynamoDB, sort: TaskRunSort
) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    with heard(filled.client) as calls:
        found = task_run_searcher(store, BY_TAG, Page(sort.order, 0, PAGE, NOW)).paginate()
    assert (len(found.answer.page), found.answer.total) == (PAGE, TAGGED)
    assert entries(calls) == TAGGED


NAMED = Criteria.model_validate({"task_runs": {"name": {"like_": "run"}}})


@pytest.fixture(scope="module")
def number(filled: DynamoDB) -> int:
    """The number of runs with such a name, counted once."""
    store = Store(Table(filled.client, filled.table), shards=2)
    return task_run_searcher(store, NAMED).count().answer


@pytest.mark.parametrize("sort", TaskRunSort)
@pytest.mark.parametrize("offset", [0, 3 * PAGE, 10_000])
def test_a_page_and_its_total_are_found_in_one_walk(
    filled: DynamoDB, number: int, sort: TaskRunSort, offset: int
) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    with heard(filled.client) as calls:
        found = task_run_searcher(store, NAMED, Page(sort.order, offset, PAGE, NOW)).paginate()
    assert len(found.answer.page) == min(PAGE, max(0, number - offset))
    assert found.answer.total == number
    assert entries(calls) == number


def test_the_total_of_flows_is_found_in_one_walk(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    for number in range(7):
        FlowStore.of(store).create(Flow(id=uuid4(), created=NOW, updated=NOW, name=f"{number}"))
    with heard(on_dynoxide.client) as calls:
        found = flow_searcher(store, Criteria(), Page(FlowSort.NAME_DESC.order, 1, 2)).paginate()
    assert ([flow.name for flow in found.answer.page], found.answer.total) == (["5", "4"], 7)
    assert entries(calls) == 7


# Of seven runs, on four pages: what is counted, and the totals beside the pages.
TOTALS = [(0, [2, 4, 6, 7]), (5, [5, 5, 6, 7]), (9, [9, 9, 9, 7])]


@pytest.mark.parametrize(("counted", "totals"), TOTALS)
def test_a_total_has_room_for_its_page_and_is_exact_with_the_last(
    on_dynoxide: DynamoDB, counted: int, totals: list[int]
) -> None:
    there = [task_run(number) for number in range(7)]
    put(on_dynoxide, [task_run_items.task_run_item(Stored(run, 1), shards=2) for run in there])
    count(on_dynoxide, [task_run(number) for number in range(counted)])
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)
    pages = [Page(TaskRunSort.NAME_ASC.order, offset, 2) for offset in range(0, 8, 2)]
    found = [task_run_searcher(store, Criteria(), page).paginate().answer for page in pages]
    assert [len(one.page) for one in found] == [2, 2, 2, 1]
    assert [one.total for one in found] == totals


RARE = "run 00499"


def test_what_is_rare_is_looked_for_among_entries_that_tell_it(filled: DynamoDB) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    wanted = Criteria.model_validate({"task_runs": {"name": {"like_": RARE}}})
    searcher = task_run_searcher(store, wanted, Page(TaskRunSort.NAME_ASC.order, 0, PAGE))
    with heard(filled.client) as calls:
        found = replace(searcher, max_sorted=PAGE).find()
    assert (found.path, [run.name for run in found.answer]) == ("all_by_state", [RARE])
    assert [name for name, _ in calls if name != "Query"] == [
        "BatchGetItem",
        "BatchGetItem",
        "GetItem",
    ]


STATES: list[dict[str, Any]] = [
    {},
    {"task_runs": {}},
    {"task_runs": {"state": {"type": {"any_": ["PENDING"]}}}},
    {"task_runs": {"state": {"type": {"any_": ["PENDING", "RUNNING", "PENDING"]}}}},
]


@pytest.mark.parametrize("criteria", STATES)
def test_a_count_by_state_reads_counters_and_no_index(
    filled: DynamoDB, criteria: dict[str, Any]
) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    everything = task_run_searcher(store, Criteria()).aggregate(lambda facts: len(list(facts)))
    with heard(filled.client) as calls:
        found = task_run_searcher(store, Criteria.model_validate(criteria)).count()
    assert (found.path, found.answer) == ("counters", everything.answer)
    assert [name for name, _ in calls] == ["BatchGetItem"]


OTHERS: list[dict[str, Any]] = [
    {"flow_runs": {}},
    {"task_runs": {"state": {"name": {"any_": ["Pending"]}}}},
    {"task_runs": {"state": {"type": {"any_": ["PENDING"]}}, "tags": {"all_": ["a"]}}},
    {"task_runs": {"state": {"type": {"any_": ["PENDING"]}}, "operator": "or_"}},
]


@pytest.mark.parametrize("criteria", OTHERS)
def test_a_count_of_what_no_counter_knows_reads_an_index(
    filled: DynamoDB, criteria: dict[str, Any]
) -> None:
    store = Store(Table(filled.client, filled.table), shards=2)
    assert task_run_searcher(store, Criteria.model_validate(criteria)).count().path != "counters"
