"""Access paths that several entity types share.

A path is a pure function from criteria to a plan, or to None where it does not apply.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.criterion import Criterion
from runledger.domain.runs.states import TERMINAL, StateType
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.indexes import Index
from runledger.store.schema.sort_keys import AT_ONCE, SOON
from runledger.store.search.planner import (
    AND,
    NOTHING,
    Lookup,
    Path,
    Paths,
    Read,
    Walk,
    ended_soon,
    partitions,
)

# The filter on entities of a kind.
FILTERS: Mapping[str, str] = {
    keys.TASK_RUN: "task_runs",
    keys.FLOW_RUN: "flow_runs",
    keys.FLOW: "flows",
    keys.DEPLOYMENT: "deployments",
    keys.ARTIFACT: "artifacts",
}

# The indexed times of runs.
TIMES: Mapping[str, Index] = {
    "start_time": indexes.BY_START,
    "end_time": indexes.BY_END,
    "expected_start_time": indexes.BY_EXPECTED_START,
}

NEAR = timedelta(microseconds=sort_keys.NEAR)

ANY_STATE: AbstractSet[StateType | None] = frozenset({*StateType, None})


class Range(Protocol):
    """A criterion on a time."""

    @property
    def before_(self) -> datetime | None: ...
    @property
    def after_(self) -> datetime | None: ...


def criterion_on(criteria: Criteria, kind: str, field: str) -> Any:  # noqa: ANN401 - any criterion
    """Return the criterion on a field of a kind's entities, if it must hold in any case."""
    wanted = getattr(criteria, FILTERS[kind])
    found = getattr(wanted, field) if _is_conjunction(wanted) else None
    return found if _is_conjunction(found) else None


def _is_conjunction(criterion: Criterion | None) -> bool:
    """Return whether each part must hold, so that one may narrow; also without an operator."""
    return criterion is not None and getattr(criterion, "operator", AND) == AND


def values_of(criteria: Criteria, kind: str, field: str = "id") -> list[Any] | None:
    """Return the values of which a field must have one; None if it may have any."""
    found = criterion_on(criteria, kind, field)
    return None if found is None or found.any_ is None else list(dict.fromkeys(found.any_))


def only_state_types(criteria: Criteria, kind: str) -> AbstractSet[StateType | None] | None:
    """Return the state types that the criteria admit; None if they filter by anything else."""
    wanted = getattr(criteria, FILTERS[kind])
    if criteria != Criteria(**{FILTERS[kind]: wanted}):
        return None
    if wanted is None or wanted == type(wanted)():
        return ANY_STATE
    types = _types(criteria, kind)
    return frozenset(types) if types is not None and wanted == _in_states(wanted, types) else None


def _in_states(wanted: Any, types: list[StateType]) -> object:  # noqa: ANN401 - either filter
    """Return the filter on state types, and on nothing else."""
    state_type = type(wanted.state.type)(any_=types)
    return type(wanted)(state=type(wanted.state)(type=state_type))


def by_id(kind: str) -> Path:
    """Read the entities with the given ids."""

    def path(criteria: Criteria, _: int) -> Read | None:
        ids = values_of(criteria, kind)
        return None if ids is None else Lookup("by_id", tuple(keys.entity(kind, i) for i in ids))

    return path


def by_flow(*, bounded: bool) -> Path:
    """Read the members of the given flows; `bounded` says that they are few."""

    def path(criteria: Criteria, _: int) -> Read | None:
        ids = values_of(criteria, keys.FLOW)
        if ids is None:
            return None
        owners = tuple(keys.flow(flow_id).pk for flow_id in ids)
        return Walk("by_flow", indexes.BY_OWNER, owners, bounded=bounded)

    return path


def by_tags(kind: str) -> Path:
    """Read the runs with the first tag of `all_`, or with any tag of `any_`."""

    def path(criteria: Criteria, shards: int) -> Read | None:
        wanted = criterion_on(criteria, kind, "tags")
        if wanted is None:
            return None
        tags = wanted.all_[:1] if wanted.all_ else getattr(wanted, "any_", None)
        if not tags:
            return None if tags is None else NOTHING
        owners = keys.tag_shards(kind, tags, shards)
        return Walk("by_tag", indexes.BY_OWNER, owners, bare=True)

    return path


def by_state(kind: str) -> Path:
    """Read the runs in states of the given types."""

    def path(criteria: Criteria, shards: int) -> Read | None:
        types = _types(criteria, kind)
        if types is None:
            return None
        return Walk("by_state", indexes.BY_STATE, keys.state_shards(kind, types, shards))

    return path


# In the order in which runs enter them: a run that goes on during a walk is not missed.
IN_ORDER = sorted(StateType, key=lambda state_type: state_type in TERMINAL)


def in_states(
    kind: str,
    types: AbstractSet[StateType | None],
    between: tuple[str, str] | None,
    shards: int,
    *,
    name: str = "by_state",
) -> Walk:
    """Read the runs in states of some types, or those that are expected to start in a range.

    A run that goes back to SCHEDULED during the walk may be missed.
    """
    ordered = (state_type for state_type in IN_ORDER if state_type in types)
    return Walk(name, indexes.BY_STATE, keys.state_shards(kind, ordered, shards), between)


def _types(criteria: Criteria, kind: str) -> list[StateType] | None:
    state = criterion_on(criteria, kind, "state")
    return state.type.any_ if state and state.type else None


def by_times(kind: str) -> Paths:
    """Read the runs with a time in a range: one path for each time."""
    return {f"{FILTERS[kind]}.{time}": _by_time(kind, time) for time in TIMES}


def _by_time(kind: str, time: str) -> Path:
    def path(criteria: Criteria, shards: int) -> Read | None:
        return within(kind, criterion_on(criteria, kind, time), TIMES[time], shards)

    return path


def by_next_start(kind: str) -> Path:
    """Read the runs that are due up to a time.

    Of most, the index by state tells it, near to their expected start; the others have entries.
    """

    def path(criteria: Criteria, shards: int) -> Read | None:
        wanted = criterion_on(criteria, kind, "next_scheduled_start_time")
        if wanted is None or wanted.before_ is None:
            return None
        apart = within(kind, wanted, indexes.BY_NEXT_SCHEDULED_START, shards)
        if not isinstance(apart, Walk):
            return apart
        near = _near_to(wanted.after_, wanted.before_)
        scheduled = in_states(
            kind, {StateType.SCHEDULED}, near, shards, name="by_next_scheduled_start"
        )
        return replace(scheduled, beside=apart)

    return path


def _near_to(low: datetime | None, high: datetime) -> tuple[str, str]:
    """Return the range of the expected starts that are near to a time within a range."""
    first, last = (edge.replace(tzinfo=UTC) for edge in (datetime.min, datetime.max))  # noqa: DTZ901
    low = low and max(low, first + NEAR) - NEAR
    return sort_keys.between(low, min(high, last - NEAR) + NEAR)


def within(kind: str, wanted: Range | None, index: Index, shards: int) -> Read | None:
    """Read the runs with a time in a range; None without a range."""
    if wanted is None or (wanted.before_ is None and wanted.after_ is None):
        return None
    if wanted.before_ and wanted.after_ and wanted.before_ < wanted.after_:
        return NOTHING
    between = sort_keys.between(wanted.after_, wanted.before_)
    beside = _without_entries(kind, wanted, index, shards)
    return Walk(index.name, index, partitions(kind, shards), between, beside=beside)


def _without_entries(kind: str, wanted: Range, index: Index, shards: int) -> Walk | None:
    """Read the task runs that may have a time in a range, and have no entry by it."""
    low, high = wanted.after_, wanted.before_
    if index == indexes.BY_END:
        return ended_soon(kind, sort_keys.expected_between(low, high, SOON), shards)
    if index == indexes.BY_START and kind == keys.TASK_RUN:
        between = sort_keys.expected_between(low, high, AT_ONCE)
        return Walk(index.name, indexes.BY_EXPECTED_START, partitions(kind, shards), between)
    return None
