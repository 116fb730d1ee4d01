"""Whatever is wanted, in whatever order: a search finds what the criteria say, page for page."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from operator import itemgetter as of
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State
from runledger.domain.sorting import ALL, FlowRunSort, FlowSort, Page, Sort, TaskRunSort
from runledger.store.dynamodb.table import Table
from runledger.store.runs.derived_items import MAX_TAGS
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import sort_keys
from runledger.store.search.costs import MANY_QUERIES
from runledger.store.search.executor import MAX_SORTED
from runledger.store.search.flow_runs import flow_run_searcher
from runledger.store.search.task_runs import task_run_searcher
from runledger.store.store import Store
from tests.domain.filters.strategies import (
    FLOW_RUN,
    IDS,
    OF_DEPLOYMENTS,
    OF_FLOW_RUNS,
    OF_FLOWS,
    OF_TASK_RUNS,
    TAGS,
    TASK_RUN,
    TEXTS,
    TIMES,
    Strategy,
    rows,
)
from tests.store.support.populations import DAWN, in_state, put_flow_runs, put_task_runs, task_run
from tests.store.support.worlds import SEARCHERS, World
from tests.support.databases import DynamoDB, Engine, fresh_table

SORTS: dict[str, type[Sort]] = {
    "task_runs": TaskRunSort,
    "flow_runs": FlowRunSort,
    "flows": FlowSort,
    "deployments": FlowSort,
}

# Names that agree as far as an index shows them, or nearly so, and characters that must be escaped.
ODD = st.text("a\x00\x01\x02é\U0001f600", max_size=3)
LONG = st.integers(sort_keys.MAX_NAME_BYTES - 5, sort_keys.MAX_NAME_BYTES + 1).map("a".__mul__)
NAMES = TEXTS | ODD | st.builds(str.__add__, LONG, ODD)

OF_RUNS = {"created": TIMES, "name": NAMES, "next_scheduled_start_time": TIMES | st.none()}
# Most have other ids than filters name, so that there is more than one of each.
DURATIONS = st.sampled_from([timedelta(hours=hours) for hours in (0, 0, 1, 2)])
# Soon after an expected start, or just not so.
AFTER = st.sampled_from([-sort_keys.MICROSECOND, sort_keys.SOON, 2 * sort_keys.SOON])
ENDS = TIMES | st.none() | st.builds(datetime.__add__, TIMES, AFTER)
OF_TASK_RUN = {"id": IDS | st.uuids(), "total_run_time": DURATIONS, "entered": TIMES}
TASK_RUNS = rows(TASK_RUN | OF_RUNS | OF_TASK_RUN | {"end_time": ENDS})
NOW = DAWN + timedelta(hours=3)
FLOW_RUNS = rows({key: of for key, of in FLOW_RUN.items() if key != "parent_flow_run_id"} | OF_RUNS)
TAGGED = {"tags": st.lists(TAGS, max_size=2), "created": TIMES, "updated": TIMES}
FLOWS = rows({"id": IDS, "name": NAMES} | TAGGED)
DEPLOYMENTS = rows(
    {"id": IDS, "name": NAMES, "paused": st.booleans(), "work_queue_name": TEXTS | st.none()}
    | TAGGED
)
CRITERIA = st.fixed_dictionaries(
    {},
    optional={
        "task_runs": OF_TASK_RUNS,
        "flow_runs": OF_FLOW_RUNS,
        "flows": OF_FLOWS,
        "deployments": OF_DEPLOYMENTS,
    },
).map(Criteria.model_validate)


def stored(row: Mapping[str, Any]) -> Stored:
    fields = {**row}
    subflow_runs = fields.pop("subflow_runs")
    del fields["entered"]
    run = task_run(0).replace(**fields)
    return Stored(in_state(run, state_of(row)), version=1, subflow_runs=subflow_runs)


def state_of(row: Mapping[str, Any]) -> State:
    return State(
        id=uuid4(),
        type=row["state_type"],
        name=row["state_name"],
        timestamp=row.get("entered", DAWN),
    )


def flow_run(row: Mapping[str, Any], flow_id: UUID) -> FlowRun:
    state = state_of(row)
    return FlowRun(updated=DAWN, flow_id=flow_id, state=state, state_id=state.id, **row)


def few(row: Strategy, most: int) -> Strategy:
    return st.lists(row, max_size=most, unique_by=of("id"))


@st.composite
def worlds(draw: st.DrawFn) -> World:
    named = st.lists(FLOWS, min_size=1, max_size=3, unique_by=(of("id"), of("name")))
    flows = [Flow(**row) for row in draw(named)]
    some_flow = st.sampled_from([flow.id for flow in flows])
    deployments = [Deployment(flow_id=draw(some_flow), **row) for row in draw(few(DEPLOYMENTS, 3))]
    flow_runs = [flow_run(row, draw(some_flow)) for row in draw(few(FLOW_RUNS, 3))]
    return World(flows, deployments, flow_runs, [stored(row) for row in draw(few(TASK_RUNS, 8))])


def pages(kind: str) -> Strategy:
    return st.builds(
        Page,
        order=st.sampled_from([sort.order for sort in SORTS[kind]]),
        offset=st.integers(0, 3),
        limit=st.integers(0, 5) | st.just(200),
        now=st.just(NOW),
    )


# A search makes the same requests of either engine; moto takes more than twice as long for them.
FEWER = max(1, settings().max_examples // 5)


@pytest.mark.parametrize("kind", SORTS)
@given(data=st.data())
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_finds_exactly_what_is_wanted(
    dynoxide: Engine, kind: str, data: st.DataObject
) -> None:
    assert_found(dynoxide, kind, data)


@pytest.mark.parametrize("kind", SORTS)
@given(data=st.data())
@settings(max_examples=FEWER, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_search_of_the_other_engine_finds_it(
    moto: Engine, kind: str, data: st.DataObject
) -> None:
    assert_found(moto, kind, data)


def assert_found(engine: Engine, kind: str, data: st.DataObject) -> None:
    """Search a drawn world for what is drawn."""
    shards, world = data.draw(st.sampled_from([1, 2, 5])), data.draw(worlds())
    with fresh_table(engine) as fresh:
        world.fill(fresh, shards)
        store = Store(Table(fresh.client, fresh.table), shards)
        for criteria, page in data.draw(st.lists(st.tuples(CRITERIA, pages(kind)), max_size=5)):
            searcher = SEARCHERS[kind](store, criteria, page)
            # However little is sorted in memory, as if there were much more of it.
            max_sorted = data.draw(st.sampled_from([0, 3, MAX_SORTED]))
            # However few are asked for one by one, as if there were many more of them.
            many_queries = data.draw(st.sampled_from([0, 2, MANY_QUERIES]))
            hurried = replace(searcher, max_sorted=max_sorted, many_queries=many_queries)
            found = hurried.paginate().answer
            ids = [one.id for one in found.page]
            assert (ids, found.total) == world.wanted(kind, criteria, page)


def test_a_run_of_many_tags_is_found_by_each(store: Store, dynamodb: DynamoDB) -> None:
    many = tuple(f"tag {number}" for number in range(MAX_TAGS + 1))
    others = tuple(f"other {tag}" for tag in many)
    runs = [task_run(0, tags=many), task_run(1, tags=others), task_run(2, tags=many[-1:])]
    put_task_runs(dynamodb, [Stored(run, version=1) for run in runs], shards=2)
    criteria = Criteria.model_validate({"task_runs": {"tags": {"all_": many[-1:]}}})
    page = Page(TaskRunSort.EXPECTED_START_TIME_ASC.order, 0, 10)
    found = task_run_searcher(store, criteria, page).find()
    assert found.path == "by_tag"
    assert [run.value() for run in found.answer] == [runs[0], runs[2]]


def put_flow_run(database: DynamoDB, state_type: str, *tags: str) -> UUID:
    row = {"id": uuid4(), "created": DAWN, "name": "a", "tags": tags}
    run = flow_run(row | {"state_type": state_type, "state_name": "Odd"}, uuid4())
    put_flow_runs(database, [run], shards=2)
    return run.id


def flow_runs(store: Store, **wanted: object) -> list[UUID]:
    criteria = Criteria.model_validate({"flow_runs": wanted})
    return [run.id for run in flow_run_searcher(store, criteria, ALL).find().answer]


def test_a_flow_run_with_two_of_the_tags_is_found_once(store: Store, dynamodb: DynamoDB) -> None:
    both, one = put_flow_run(dynamodb, "RUNNING", "a", "b"), put_flow_run(dynamodb, "RUNNING", "b")
    put_flow_run(dynamodb, "RUNNING", "c")
    assert sorted(flow_runs(store, tags={"any_": ["a", "b"]})) == sorted([both, one])


def test_states_that_are_asked_for_and_not_excluded_are_found(
    store: Store, dynamodb: DynamoDB
) -> None:
    _, failed, _ = (put_flow_run(dynamodb, kind) for kind in ("RUNNING", "FAILED", "PENDING"))
    both = {"any_": ["RUNNING", "FAILED"], "not_any_": ["RUNNING"]}
    assert flow_runs(store, state={"type": both}) == [failed]
