"""Reads of many partitions at a time, but never of too many, for filters of many owners."""

import threading
from collections.abc import Mapping
from datetime import timedelta
from itertools import count
from typing import Any
from uuid import UUID, uuid4

import pytest

from runledger import metering
from runledger.domain.errors import OutOfTime
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.logs import LogFilter, LogQuery
from runledger.domain.logs import Log
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.sorting import Page, TaskRunSort, rank
from runledger.parallel import MAX_PARALLEL, map_in_parallel
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import MAX_KEYS, Table
from runledger.store.logs.logs import LogStore
from runledger.store.runs.task_run_items import Stored
from runledger.store.search.costs import ENTRIES_PER_QUERY, MANY_QUERIES
from runledger.store.search.flow_runs import flow_run_searcher
from runledger.store.search.flows import flow_searcher
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.store.support.calls import gauged, heard
from tests.store.support.populations import DAWN, put_flow_runs, put_task_runs, task_run
from tests.store.support.worlds import SEARCHERS
from tests.support.databases import DynamoDB
from tests.support.facts import facts_of

SHARDS = 3
OWNERS = [UUID(int=number) for number in range(1, 3 * MAX_PARALLEL)]
BY_NAME = Page(TaskRunSort.NAME_ASC.order, offset=1, limit=10)
BY_ID = Page(TaskRunSort.ID_DESC.order, offset=1, limit=10)

Asked = Mapping[str, Any]

TYPES = [*StateType]
BY_PARENT = {"parent_task_run_id": {"any_": OWNERS}}
NAMES = [str(owner) for owner in OWNERS]
# fmt: off
PLANS: dict[str, tuple[str, Asked]] = {
    "task runs of flow runs":  ("task_runs", {"task_runs": {"flow_run_id": {"any_": OWNERS}}}),
    "task runs in flow runs":  ("task_runs", {"flow_runs": {"id": {"any_": OWNERS}}}),
    "task runs in states":     ("task_runs", {"task_runs": {"state": {"type": {"any_": TYPES}}}}),
    "flow runs of flows":      ("flow_runs", {"flows": {"id": {"any_": OWNERS}}}),
    "flow runs of task runs":  ("flow_runs", {"flow_runs": BY_PARENT}),
    "flow runs with tags":     ("flow_runs", {"flow_runs": {"tags": {"any_": NAMES}}}),
    "deployments of flows":    ("deployments", {"flows": {"id": {"any_": OWNERS}}}),
}
# fmt: on


@pytest.mark.parametrize("page", [BY_NAME, BY_ID])
@pytest.mark.parametrize("plan", PLANS)
def test_many_partitions_begin_at_a_time_and_never_too_many(
    on_dynoxide: DynamoDB, plan: str, page: Page
) -> None:
    kind, asked = PLANS[plan]
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    searcher = SEARCHERS[kind](store, Criteria.model_validate(asked), page)
    with gauged(on_dynoxide.client, "Query", MAX_PARALLEL) as gauge:
        assert searcher.find().answer == []
    assert gauge.most == MAX_PARALLEL


def test_a_partition_that_is_named_twice_is_read_once(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    asked = {"task_runs": {"flow_run_id": {"any_": [*OWNERS, *OWNERS[::-1]]}}}
    with heard(on_dynoxide.client) as calls:
        task_run_searcher(store, Criteria.model_validate(asked), BY_NAME).find()
    assert [name for name, _ in calls] == ["Query"] * len(OWNERS)


@pytest.mark.parametrize("kind", ["flow_run_id", "task_run_id"])
def test_lines_of_many_runs_begin_at_a_time(on_dynoxide: DynamoDB, kind: str) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    lines = [_line(number, kind, owner) for number, owner in enumerate(OWNERS)]
    LogStore.of(store).add(lines, is_subscribed=lambda _: False)
    wanted = LogFilter.model_validate({kind: {"any_": OWNERS}})
    with gauged(on_dynoxide.client, "Query", MAX_PARALLEL) as gauge:
        found = LogStore.of(store).search(LogQuery(wanted, reverse=True, offset=2, limit=5), DAWN)
    assert [one.message for one in found.answer] == [one.message for one in lines[-3:-8:-1]]
    assert gauge.most == MAX_PARALLEL


def _line(number: int, kind: str, owner: UUID) -> Log:
    time = DAWN + timedelta(seconds=number)
    line = Log(
        id=uuid4(),
        created=time,
        updated=time,
        name="a",
        level=20,
        message=str(number),
        timestamp=time,
    )
    return line.replace(**{kind: owner})


BATCHES = MAX_PARALLEL + 2


@pytest.mark.parametrize("page", [BY_NAME, BY_ID])
def test_many_batches_of_keys_are_read_at_a_time(on_dynoxide: DynamoDB, page: Page) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    run = task_run(0)
    put_task_runs(on_dynoxide, [Stored(run, version=1)], shards=SHARDS)
    ids = [run.id, *(uuid4() for _ in range(BATCHES * MAX_KEYS - 1))]
    asked = {"task_runs": {"id": {"any_": [*ids, run.id]}}}
    searcher = task_run_searcher(store, Criteria.model_validate(asked), page._replace(offset=0))
    with gauged(on_dynoxide.client, "BatchGetItem", MAX_PARALLEL) as gauge:
        assert [found.value() for found in searcher.find().answer] == [run]
    assert (gauge.most, gauge.calls) == (MAX_PARALLEL, BATCHES)


def test_flows_of_many_names_are_read_in_few_calls(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    flows = [Flow(id=uuid4(), created=DAWN, updated=DAWN, name=name) for name in ("b", "a", "c")]
    for flow in flows:
        FlowStore.of(store).create(flow)
    names = ["a", "b", *(f"{number}" for number in range(BATCHES * MAX_KEYS))]
    asked = Criteria.model_validate({"flows": {"name": {"any_": names}}})
    with gauged(on_dynoxide.client, "BatchGetItem", MAX_PARALLEL) as gauge:
        assert flow_searcher(store, asked, BY_NAME).paginate().answer == ([flows[0]], 2)
    assert (gauge.most, gauge.calls) == (MAX_PARALLEL, BATCHES + 2)


def test_what_flow_runs_have_is_looked_up_for_many_at_a_time(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    put_flow_runs(on_dynoxide, [_flow_run(owner) for owner in OWNERS], shards=SHARDS)
    members = [task_run(number, flow_run_id=owner) for number, owner in enumerate(OWNERS[::2])]
    put_task_runs(on_dynoxide, [Stored(run, version=1) for run in members], shards=SHARDS)
    asked = {"flow_runs": {"id": {"any_": OWNERS}}, "task_runs": {"name": {"like_": "run"}}}
    with gauged(on_dynoxide.client, "Query", MAX_PARALLEL) as gauge:
        found = flow_run_searcher(store, Criteria.model_validate(asked)).count()
    assert (found.answer, gauge.most) == (len(members), MAX_PARALLEL)


def _flow_run(run_id: UUID) -> FlowRun:
    state = State(id=uuid4(), type=StateType.RUNNING, name="Running", timestamp=DAWN)
    return FlowRun(
        id=run_id,
        created=DAWN,
        updated=DAWN,
        name="a",
        flow_id=uuid4(),
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
    )


def _fill(database: DynamoDB, each: int) -> list[TaskRun]:
    """Put so many task runs into each flow run, in an order of ids that is not that of owners."""
    numbered = enumerate(OWNERS * each)
    runs = [task_run(number, flow_run_id=owner) for number, owner in numbered]
    put_task_runs(database, [Stored(run, version=1) for run in runs], shards=SHARDS)
    return runs


@pytest.mark.parametrize("each", [1, 30])
def test_a_page_in_the_order_of_an_index_costs_about_a_page_of_each_partition(
    on_dynoxide: DynamoDB, each: int
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    runs = _fill(on_dynoxide, each)
    asked = Criteria.model_validate({"task_runs": {"flow_run_id": {"any_": OWNERS}}})
    with heard(on_dynoxide.client) as calls, metering.measured() as meter:
        found = task_run_searcher(store, asked, BY_ID).find()
    ids = sorted((run.id for run in runs), key=str, reverse=True)
    assert [run.id for run in found.answer] == ids[BY_ID.offset : BY_ID.offset + BY_ID.limit]
    read = sum(answer["Count"] for name, answer in calls if name == "Query")
    assert read <= len(OWNERS) * 5 + 30
    assert meter.calls == len(calls)
    consumed = [answer["ConsumedCapacity"] for _, answer in calls]
    tables = [one for some in consumed for one in (some if isinstance(some, list) else [some])]
    assert meter.capacity == pytest.approx(sum(one["CapacityUnits"] for one in tables))


FEW_RUNS = ENTRIES_PER_QUERY * MANY_QUERIES
MANY_OWNERS = [uuid4() for _ in range(MANY_QUERIES)]
BY_FLOW_RUN = Criteria.model_validate({"task_runs": {"flow_run_id": {"any_": MANY_OWNERS}}})


SORTS = (TaskRunSort.NAME_ASC, TaskRunSort.ID_DESC, TaskRunSort.EXPECTED_START_TIME_DESC)


def test_a_table_that_has_less_than_what_is_named_is_read_as_a_whole(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    wanted = [
        task_run(number, flow_run_id=owner) for number, owner in enumerate(MANY_OWNERS[:5] * 2)
    ]
    others = [task_run(number, flow_run_id=uuid4()) for number in range(len(wanted), FEW_RUNS)]
    put_task_runs(on_dynoxide, [Stored(run, 1) for run in [*wanted, *others]], shards=SHARDS)
    for sort in SORTS:
        path, queries = _found_in_a_page(store, wanted, sort)
        assert path != "by_flow_run"
        assert queries < MANY_QUERIES
    one_more = task_run(FEW_RUNS, flow_run_id=uuid4())
    put_task_runs(on_dynoxide, [Stored(one_more, 1)], shards=SHARDS)
    for sort in SORTS:
        path, queries = _found_in_a_page(store, wanted, sort)
        assert path == "by_flow_run"
        assert queries >= MANY_QUERIES


def _found_in_a_page(store: Store, wanted: list[TaskRun], sort: TaskRunSort) -> tuple[str, int]:
    """Find a page of what is wanted, and its total; return the path, and the number of queries."""
    with heard(store.table.client) as calls:
        found = task_run_searcher(store, BY_FLOW_RUN, Page(sort.order, 2, 4)).paginate()
    column, reverse = sort.order
    listed = sorted(wanted, key=lambda run: rank(facts_of(Stored(run, 1)), column), reverse=reverse)
    assert [run.value() for run in found.answer.page] == listed[2:6]
    assert found.answer.total == len(wanted)
    return found.path, sum(name == "Query" for name, _ in calls)


def test_a_few_owners_are_asked_for_however_small_the_table(on_dynoxide: DynamoDB) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS)
    few = Criteria.model_validate({"task_runs": {"flow_run_id": {"any_": MANY_OWNERS[1:]}}})
    with heard(on_dynoxide.client) as calls:
        assert task_run_searcher(store, few, BY_NAME).find().path == "by_flow_run"
    assert [name for name, _ in calls] == ["Query"] * (MANY_QUERIES - 1)


def test_what_has_no_time_left_begins_nothing_more(on_dynoxide: DynamoDB) -> None:
    passed = count()
    clock = lambda: DAWN + timedelta(seconds=next(passed))  # noqa: E731
    deadline = Deadline(DAWN + timedelta(seconds=MAX_PARALLEL + 1), clock)
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), SHARDS).with_deadline(deadline)
    asked = Criteria.model_validate({"task_runs": {"flow_run_id": {"any_": OWNERS}}})
    with heard(on_dynoxide.client) as calls, pytest.raises(OutOfTime):
        task_run_searcher(store, asked, BY_NAME).find()
    assert len(calls) == MAX_PARALLEL + 1


def test_what_a_thread_does_in_turn_is_done_by_itself() -> None:
    assert [list(map_in_parallel(str, some)) for some in ([], [1], range(99))] == [
        [],
        ["1"],
        [*map(str, range(99))],
    ]

    def inner(number: int) -> set[str]:
        return set(map_in_parallel(lambda _: threading.current_thread().name, range(number + 2)))

    assert all(len(names) == 1 for names in map_in_parallel(inner, range(40)))
