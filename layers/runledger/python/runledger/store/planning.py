"""Access paths: which part of the table can hold the task runs that are wanted.

A path is a pure function from what is wanted to what is to be read, or None where it can't help.
It may read too much, never too little: whoever carries out the plan applies the whole criteria.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol
from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.domain.sorting import Order
from runledger.store import keys
from runledger.store.keys import TASK_RUN, Index

AND = "and_"

# Indexes whose entries carry the facts of a run, so that they decide a filter by themselves.
WIDE = frozenset({keys.BY_OWNER, keys.BY_STATE, keys.BY_EXPECTED_START})

# The column in whose order an index yields its entries.
COLUMNS: Mapping[Index, str] = {
    keys.BY_OWNER: "id",
    keys.BY_STATE: "expected_start_time",
    keys.BY_EXPECTED_START: "expected_start_time",
    keys.BY_ID: "id",
    keys.BY_NAME: "name",
    keys.BY_END: "end_time",
    keys.BY_NEXT_SCHEDULED_START: "next_scheduled_start_time",
}

# The index that has every run in the order of a column.
WHOLE: Mapping[str, Index] = {
    "id": keys.BY_ID,
    "expected_start_time": keys.BY_EXPECTED_START,
    "name": keys.BY_NAME,
    "end_time": keys.BY_END,
    "next_scheduled_start_time": keys.BY_NEXT_SCHEDULED_START,
}


@dataclass(frozen=True)
class Lookup:
    """Read runs by their ids."""

    name: str
    ids: tuple[UUID, ...]


@dataclass(frozen=True)
class Walk:
    """Read partitions of an index, whole or between two places.

    `bounded` says that what they hold is as many as one flow run has, not as the table has.
    """

    name: str
    index: Index
    partitions: tuple[str, ...]
    between: tuple[str, str] | None = None
    bounded: bool = False

    @property
    def wide(self) -> bool:
        """Whether the entries tell if a run is wanted."""
        return self.index in WIDE

    def yields(self, order: Order) -> bool:
        """Whether the entries come in the order."""
        return COLUMNS.get(self.index) == order.column


Read = Lookup | Walk


class Range(Protocol):
    """A criterion on a time."""

    @property
    def before_(self) -> datetime | None: ...
    @property
    def after_(self) -> datetime | None: ...


Path = Callable[[Criteria, int], Read | None]


def plan(criteria: Criteria, order: Order, shards: int) -> Read:
    """Choose the first path that can answer; where none can, all runs in their order."""
    offers = (path(criteria, shards) for path in PATHS)
    return next((offer for offer in offers if offer is not None), everything(order, shards))


def everything(order: Order, shards: int) -> Walk:
    """Read all runs, in the order."""
    index = WHOLE[order.column]
    return Walk(f"all_{index.name}", index, _shards(shards))


def expected_between(low: datetime, high: datetime, shards: int) -> Walk:
    """Read the runs expected to start from one time to another."""
    index = keys.BY_EXPECTED_START
    return Walk(index.name, index, _shards(shards), keys.between(low, high))


def by_id(criteria: Criteria, _: int) -> Read | None:
    """Read the runs named."""
    wanted = _conjunction(criteria)
    if wanted is None or wanted.id is None or wanted.id.any_ is None:
        return None
    return Lookup("by_id", _distinct(wanted.id.any_))


def by_flow_run(criteria: Criteria, _: int) -> Read | None:
    """Read the runs of the flow runs named."""
    ids = _flow_run_ids(criteria)
    if ids is None:
        return None
    owners = tuple(keys.flow_run(flow_run_id).pk for flow_run_id in _distinct(ids))
    return Walk("by_flow_run", keys.BY_OWNER, owners, bounded=True)


def _flow_run_ids(criteria: Criteria) -> list[UUID] | None:
    wanted = _conjunction(criteria)
    named = wanted and wanted.flow_run_id
    if named and not named.is_null_ and named.any_ is not None:
        return named.any_
    above = criteria.flow_runs
    return above.id.any_ if above and above.operator == AND and above.id else None


def by_expected_start(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs expected to start within a time."""
    return _within(_conjunction(criteria), "expected_start_time", keys.BY_EXPECTED_START, shards)


def by_start(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs that started within a time."""
    return _within(_conjunction(criteria), "start_time", keys.BY_START, shards)


def by_end(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs that ended within a time."""
    return _within(_conjunction(criteria), "end_time", keys.BY_END, shards)


def by_state(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs in states of the types named."""
    wanted = _conjunction(criteria)
    state = wanted and wanted.state
    if not state or state.operator != AND or state.type is None or state.type.any_ is None:
        return None
    partitions = (
        keys.state_shard(TASK_RUN, state_type, number)
        for state_type in dict.fromkeys(state.type.any_)
        for number in range(shards)
    )
    return Walk("by_state", keys.BY_STATE, tuple(partitions))


PATHS: tuple[Path, ...] = (by_id, by_flow_run, by_state, by_start, by_end, by_expected_start)


def _conjunction(criteria: Criteria) -> TaskRunFilter | None:
    """Return the task-run filter if each of its criteria must hold, so that one may narrow."""
    wanted = criteria.task_runs
    return wanted if wanted is not None and wanted.operator == AND else None


def _within(wanted: TaskRunFilter | None, field: str, index: Index, shards: int) -> Walk | None:
    asked: Range | None = getattr(wanted, field, None)
    if asked is None or (asked.before_ is None and asked.after_ is None):
        return None
    return Walk(index.name, index, _shards(shards), keys.between(asked.after_, asked.before_))


def _shards(shards: int) -> tuple[str, ...]:
    return tuple(keys.shard(TASK_RUN, number) for number in range(shards))


def _distinct(ids: Iterable[UUID]) -> tuple[UUID, ...]:
    return tuple(dict.fromkeys(ids))
