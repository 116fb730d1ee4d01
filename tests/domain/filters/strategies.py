"""Rows and filters at random, few enough of each value for them to meet."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st

from runledger.domain.runs.states import StateType

Strategy = st.SearchStrategy[Any]

IDS = st.sampled_from([UUID(int=n) for n in range(3)])
TEXTS = st.text("aAbéÉ_%\\\n", max_size=4)
TIMES = st.sampled_from([datetime(2030, 1, 1, hour, tzinfo=UTC) for hour in range(3)])
TYPES = st.sampled_from([StateType.SCHEDULED, StateType.RUNNING, StateType.COMPLETED])
TAGS = st.sampled_from(["a", "b", "B", 'a"b'])
CREATORS = st.fixed_dictionaries({"id": IDS.map(str) | st.none(), "type": TEXTS})
EITHER = st.sampled_from(["and_", "or_"])

# What a row may hold.
ROW: dict[str, Strategy] = {
    "id": IDS,
    "name": TEXTS,
    "tags": st.lists(TAGS, max_size=3).map(tuple),
    "state_type": TYPES,
    "state_name": TEXTS,
    "expected_start_time": TIMES,
    "start_time": TIMES | st.none(),
    "end_time": TIMES | st.none(),
}
TASK_RUN = ROW | {"flow_run_id": IDS | st.none(), "subflow_runs": st.integers(0, 2)}
FLOW_RUN = ROW | {
    "deployment_id": IDS | st.none(),
    "work_queue_name": TEXTS | st.none(),
    "flow_version": TEXTS | st.none(),
    "next_scheduled_start_time": TIMES | st.none(),
    "parent_flow_run_id": IDS | st.none(),
    "parent_task_run_id": IDS | st.none(),
    "idempotency_key": TEXTS | st.none(),
    "created_by": CREATORS | st.none(),
}


def rows(fields: Mapping[str, Strategy]) -> Strategy:
    """Rows of these fields, in their order.

    To shuffle them, as hypothesis' own dictionaries are, takes a third of the time of a row.
    """
    return st.tuples(*fields.values()).map(lambda drawn: dict(zip(fields, drawn, strict=True)))


def criterion(**operands: Strategy) -> Strategy:
    return st.fixed_dictionaries({}, optional={op: st.none() | of for op, of in operands.items()})


def combined(**operands: Strategy) -> Strategy:
    with_operator = st.fixed_dictionaries({}, optional={"operator": EITHER})
    return st.builds(dict.__or__, criterion(**operands), with_operator)


def some(values: Strategy) -> Strategy:
    return st.lists(values, max_size=2)


PERIOD = {"before_": TIMES, "after_": TIMES}
NAME = criterion(any_=some(TEXTS), like_=TEXTS)
REFERENCE = combined(any_=some(IDS), is_null_=st.booleans())
OF_TASK_RUNS = combined(
    id=criterion(any_=some(IDS)),
    name=NAME,
    tags=combined(all_=some(TAGS), is_null_=st.booleans()),
    state=combined(type=criterion(any_=some(TYPES)), name=criterion(any_=some(TEXTS))),
    start_time=criterion(**PERIOD, is_null_=st.booleans()),
    end_time=criterion(**PERIOD, is_null_=st.booleans()),
    expected_start_time=criterion(**PERIOD),
    subflow_runs=criterion(exists_=st.booleans()),
    flow_run_id=REFERENCE,
)
OF_FLOW_RUNS = combined(
    id=criterion(any_=some(IDS), not_any_=some(IDS)),
    name=NAME,
    tags=combined(all_=some(TAGS), any_=some(TAGS), is_null_=st.booleans()),
    deployment_id=REFERENCE,
    work_queue_name=combined(any_=some(TEXTS), is_null_=st.booleans()),
    state=combined(
        type=criterion(any_=some(TYPES), not_any_=some(TYPES)),
        name=criterion(any_=some(TEXTS), not_any_=some(TEXTS)),
    ),
    flow_version=criterion(any_=some(TEXTS)),
    start_time=criterion(**PERIOD, is_null_=st.booleans()),
    end_time=criterion(**PERIOD, is_null_=st.booleans()),
    expected_start_time=criterion(**PERIOD),
    next_scheduled_start_time=criterion(**PERIOD),
    parent_flow_run_id=combined(any_=some(IDS)),
    parent_task_run_id=REFERENCE,
    idempotency_key=criterion(any_=some(TEXTS), not_any_=some(TEXTS)),
    created_by=combined(id_=some(IDS), type_=some(TEXTS), is_null_=st.booleans()),
)
OF_FLOWS = combined(
    id=criterion(any_=some(IDS), not_any_=some(IDS)),
    deployment=combined(is_null_=st.booleans()),
    name=NAME,
    tags=combined(all_=some(TAGS), is_null_=st.booleans()),
)
OF_DEPLOYMENTS = combined(
    id=criterion(any_=some(IDS), not_any_=some(IDS)),
    name=NAME,
    flow_or_deployment_name=criterion(like_=TEXTS),
    paused=criterion(eq_=st.booleans()),
    tags=combined(all_=some(TAGS), any_=some(TAGS), is_null_=st.booleans()),
    work_queue_name=criterion(any_=some(TEXTS)),
)
