"""Runs of any content, as strategies of hypothesis."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st

from runledger.domain.runs.empirical_policies import FlowRunPolicy, TaskRunPolicy
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.task_runs import (
    Constant,
    FlowRunResult,
    Parameter,
    TaskRun,
    TaskRunResult,
)

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
    st.builds(TaskRunResult, id=st.uuids())
    | st.builds(FlowRunResult, id=st.uuids())
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
    "id": st.uuids(),
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
        # Not -0.0: it equals the default, and a default is not stored.
        retry_delay_seconds=FLOATS.map(lambda seconds: seconds + 0.0),
        retries=maybe(NUMBERS),
        retry_delay=DELAYS,
        retry_jitter_factor=maybe(st.floats(0, 1e9)),
    ),
)
FLOW_RUNS = st.builds(
    FlowRun,
    **RUN,
    flow_id=st.uuids(),
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
