"""What the table holds of a run is read back as it was."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any, TypeVar, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.runs.bookkeeping import in_utc
from runledger.domain.runs.empirical_policies import FlowRunPolicy, TaskRunPolicy
from runledger.domain.runs.facts import FlowRunFacts, RunFacts, TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.task_runs import (
    Constant,
    FlowRunResult,
    Parameter,
    TaskRun,
    TaskRunResult,
)
from runledger.store import items
from runledger.store.deployments import flow_items
from runledger.store.dynamodb.expressions import plain, typed
from runledger.store.dynamodb.large_documents import UNDIVIDED
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items, task_run_items
from runledger.store.runs.task_run_items import Stored

SHARDS = 2

Run = TypeVar("Run", TaskRun, FlowRun)

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
OFFSETS = st.integers(-14 * 60, 14 * 60).map(lambda minutes: timezone(timedelta(minutes=minutes)))
TIMES = st.datetimes(datetime(2, 1, 1), datetime(9998, 1, 1), timezones=OFFSETS)  # noqa: DTZ001
UTC_TIMES = TIMES.map(lambda time: time.astimezone(UTC))
DURATIONS = st.timedeltas(timedelta(days=-9), timedelta(days=36_500))
# Longer ones are rounded, since they are floats.
ANY_DURATION = DURATIONS | st.timedeltas(timedelta(days=-900_000_000), timedelta(days=900_000_000))
LABELS = st.dictionaries(TEXTS, st.booleans() | st.integers() | FLOATS | TEXTS, max_size=3)
TAGS = st.lists(TEXTS, max_size=3).map(tuple)
NUMBERS = st.integers(-(10**40), 10**40)
JSON = st.recursive(
    st.none() | st.booleans() | NUMBERS | FLOATS | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=3)
INPUTS = (
    st.builds(TaskRunResult)
    | st.builds(FlowRunResult)
    | st.builds(Parameter, name=TEXTS)
    | st.builds(Constant, type=TEXTS)
)
DELAYS = (
    st.none()
    | NUMBERS
    | FLOATS
    | st.lists(NUMBERS, max_size=3)
    | st.lists(FLOATS, min_size=1, max_size=3)
)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | values


DETAILS = st.builds(
    StateDetails,
    flow_run_id=maybe(st.uuids()),
    task_run_id=maybe(st.uuids()),
    child_flow_run_id=maybe(st.uuids()),
    scheduled_time=maybe(TIMES),
    cache_key=maybe(TEXTS),
    cache_expiration=maybe(TIMES),
    deferred=maybe(st.booleans()),
    untrackable_result=st.booleans(),
    pause_timeout=maybe(TIMES),
    pause_reschedule=st.booleans(),
    pause_key=maybe(TEXTS),
    run_input_keyset=maybe(st.dictionaries(TEXTS, TEXTS, max_size=2)),
    refresh_cache=maybe(st.booleans()),
    retriable=maybe(st.booleans()),
    transition_id=maybe(st.uuids()),
    task_parameters_id=maybe(st.uuids()),
    traceparent=maybe(TEXTS),
)
STATES = st.builds(
    State,
    id=st.uuids(),
    type=st.sampled_from(StateType),
    name=TEXTS,
    timestamp=UTC_TIMES,
    message=maybe(TEXTS),
    data=JSON,
    state_details=DETAILS,
)
RUN: dict[str, st.SearchStrategy[Any]] = {
    "created": UTC_TIMES,
    "updated": UTC_TIMES,
    "name": TEXTS,
    "tags": TAGS,
    "labels": maybe(LABELS),
    "state": STATES,
    "state_name": TEXTS,
    "state_type": st.sampled_from(StateType),
    "run_count": NUMBERS,
    "expected_start_time": UTC_TIMES,
    "next_scheduled_start_time": maybe(UTC_TIMES),
    "start_time": maybe(UTC_TIMES),
    "end_time": maybe(UTC_TIMES),
    "total_run_time": DURATIONS,
}
TASK_RUNS = st.builds(
    TaskRun,
    **RUN,
    task_key=TEXTS,
    dynamic_key=TEXTS,
    flow_run_id=maybe(st.uuids()),
    cache_key=maybe(TEXTS),
    cache_expiration=maybe(UTC_TIMES),
    task_version=maybe(TEXTS),
    task_inputs=st.dictionaries(TEXTS, st.lists(INPUTS, max_size=4), max_size=3),
    empirical_policy=st.builds(
        TaskRunPolicy,
        max_retries=NUMBERS,
        retry_delay_seconds=FLOATS,
        retries=maybe(NUMBERS),
        retry_delay=DELAYS,
        retry_jitter_factor=maybe(st.floats(0, 1e9)),
    ),
)
FLOW_RUNS = st.builds(
    FlowRun,
    **RUN,
    parameters=OBJECTS,
    context=OBJECTS,
    job_variables=maybe(OBJECTS),
    created_by=maybe(OBJECTS),
    idempotency_key=maybe(TEXTS),
    parent_task_run_id=maybe(st.uuids()),
    empirical_policy=st.builds(
        FlowRunPolicy,
        retries=maybe(NUMBERS),
        retry_delay=maybe(NUMBERS),
        pause_keys=maybe(st.sets(TEXTS, max_size=1)),  # a set is spelled in any order
        resuming=maybe(st.booleans()),
        retry_type=st.sampled_from([None, "in_process", "reschedule"]),
    ),
)


def carried(item: Item) -> dict[str, Any]:
    """Return an item as it comes back from DynamoDB."""
    return plain(typed(item))


@given(run=TASK_RUNS, subflow_runs=st.integers(0, 9))
def test_a_task_run_is_read_back_as_it_was(run: TaskRun, subflow_runs: int) -> None:
    stored = Stored(run, version=7, subflow_runs=subflow_runs)
    read = task_run_items.read_task_run(
        carried(task_run_items.task_run_item(stored, shards=SHARDS))
    )
    assert read == stored._replace(run=as_stored(run))
    assert spelled(read.run) == spelled(as_stored(run))


@given(run=FLOW_RUNS)
def test_a_flow_run_is_read_back_as_it_was(run: FlowRun) -> None:
    item = carried(flow_run_items.flow_run_item(run, version=7, shards=SHARDS))
    assert spelled(items.read_document(FlowRun, item)) == spelled(as_stored(run))


@given(run=TASK_RUNS, subflow_runs=st.integers(0, 9), total=ANY_DURATION)
def test_the_facts_of_a_task_run_are_those_of_its_document(
    run: TaskRun, subflow_runs: int, total: timedelta
) -> None:
    run = run.replace(total_run_time=total)
    item = carried(task_run_items.task_run_item(Stored(run, 1, subflow_runs), shards=SHARDS))
    for entry in (item, indexed(item)):
        facts = task_run_items.read_facts(entry)
        assert_same(facts, task_run_items.read_task_run(item).run)
        assert facts.subflow_runs == subflow_runs


@given(run=FLOW_RUNS, total=ANY_DURATION)
def test_the_facts_of_a_flow_run_are_those_of_its_document(run: FlowRun, total: timedelta) -> None:
    run = run.replace(total_run_time=total)
    item = carried(flow_run_items.flow_run_item(run, version=7, shards=SHARDS))
    for entry in (item, indexed(item)):
        assert_same(flow_run_items.read_flow_run_facts(entry), items.read_document(FlowRun, item))


@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_facts_have_the_types_of_the_model(facts: type[RunFacts]) -> None:
    types = get_type_hints(facts)
    assert {name: types[name] for name in facts.fields()} == {
        name: facts.model.model_fields[name].annotation for name in facts.fields()
    }


@pytest.mark.parametrize("facts", [TaskRunFacts, FlowRunFacts])
def test_facts_of_any_length_stay_in_the_item(facts: type[RunFacts]) -> None:
    types = get_type_hints(facts)
    lengthy = (tuple[str, ...], str, str | None, dict[str, Any] | None)
    assert {name for name in facts.fields() if types[name] in lengthy} <= UNDIVIDED


@given(
    flow=st.builds(
        Flow, created=UTC_TIMES, updated=UTC_TIMES, name=TEXTS, tags=TAGS, labels=maybe(LABELS)
    )
)
def test_a_flow_is_read_back_as_it_was(flow: Flow) -> None:
    item = carried(flow_items.flow_item(flow, shards=SHARDS))
    assert spelled(items.read_document(Flow, item)) == spelled(flow)


def indexed(item: dict[str, Any]) -> dict[str, Any]:
    """Return the entry of an index that carries the facts."""
    return {name: item[name] for name in ("facts", "subflow_runs") if name in item}


def assert_same(facts: RunFacts, run: TaskRun | FlowRun) -> None:
    """Hold each field against the model's; a zone's name aside, a time is an instant."""
    assert {name: getattr(facts, name) for name in facts.fields()} == {
        name: getattr(run, name) for name in facts.fields()
    }
    assert facts.state_timestamp == (run.state and run.state.timestamp)


def as_stored(run: Run) -> Run:
    return in_utc(run).replace(state=run.state and run.state.as_stored())


def spelled(value: TaskRun | FlowRun | Flow) -> str:
    """Return the JSON that clients get, which tells 1 from 1.0 and from true."""
    return value.model_dump_json()
