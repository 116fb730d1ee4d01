"""Access paths that several kinds have, each made for a kind.

A path is a pure function from what is wanted to what is to be read, or None where it can't help.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Protocol

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.criterion import Criterion
from runledger.domain.runs.states import StateType
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.indexes import Index
from runledger.store.search.planner import AND, NOTHING, Lookup, Path, Paths, Read, Walk, partitions

# The filter that asks about things of a kind.
FILTERS: Mapping[str, str] = {
    keys.TASK_RUN: "task_runs",
    keys.FLOW_RUN: "flow_runs",
    keys.FLOW: "flows",
    keys.DEPLOYMENT: "deployments",
}

# The times of runs by which they can be found.
TIMES: Mapping[str, Index] = {
    "start_time": indexes.BY_START,
    "end_time": indexes.BY_END,
    "expected_start_time": indexes.BY_EXPECTED_START,
}

ANY_STATE: AbstractSet[StateType | None] = frozenset({*StateType, None})


class Range(Protocol):
    """A criterion on a time."""

    @property
    def before_(self) -> datetime | None: ...
    @property
    def after_(self) -> datetime | None: ...


def asked(criteria: Criteria, kind: str, about: str) -> Any:  # noqa: ANN401 - any criterion
    """Return what is asked about a part of a kind's things, if all of it must hold in any case."""
    wanted = getattr(criteria, FILTERS[kind])
    found = getattr(wanted, about) if _is_conjunction(wanted) else None
    return found if _is_conjunction(found) else None


def _is_conjunction(wanted: Criterion | None) -> bool:
    """Tell whether each part must hold, so that one may narrow: those of no operator must, too."""
    return wanted is not None and getattr(wanted, "operator", AND) == AND


def named(criteria: Criteria, kind: str, about: str = "id") -> list[Any] | None:
    """Return the values of which a part of each thing must have one; None: it may have any."""
    found = asked(criteria, kind, about)
    return None if found is None or found.any_ is None else list(dict.fromkeys(found.any_))


def counted(criteria: Criteria, kind: str) -> AbstractSet[StateType | None] | None:
    """Return the types of states that a run may be in, if nothing else is asked of it."""
    wanted = getattr(criteria, FILTERS[kind])
    if criteria != Criteria(**{FILTERS[kind]: wanted}):
        return None
    if wanted is None or wanted == type(wanted)():
        return ANY_STATE
    types = _types(criteria, kind)
    return frozenset(types) if types is not None and wanted == _in_states(wanted, types) else None


def _in_states(wanted: Any, types: list[StateType]) -> object:  # noqa: ANN401 - either filter
    """Return the filter that asks for states of some types, and for nothing else."""
    state_type = type(wanted.state.type)(any_=types)
    return type(wanted)(state=type(wanted.state)(type=state_type))


def by_id(kind: str) -> Path:
    """Read the things named."""

    def path(criteria: Criteria, _: int) -> Read | None:
        ids = named(criteria, kind)
        return None if ids is None else Lookup("by_id", tuple(keys.entity(kind, i) for i in ids))

    return path


def by_flow(*, bounded: bool) -> Path:
    """Read what belongs to the flows named; `bounded` says that it is not much."""

    def path(criteria: Criteria, _: int) -> Read | None:
        ids = named(criteria, keys.FLOW)
        if ids is None:
            return None
        owners = tuple(keys.flow(flow_id).pk for flow_id in ids)
        return Walk("by_flow", indexes.BY_OWNER, owners, bounded=bounded)

    return path


def by_tags(kind: str) -> Path:
    """Read the runs with a tag: the first of those that all must have, or any of some."""

    def path(criteria: Criteria, shards: int) -> Read | None:
        wanted = asked(criteria, kind, "tags")
        if wanted is None:
            return None
        some = wanted.all_[:1] if wanted.all_ else getattr(wanted, "any_", None)
        if not some:
            return None if some is None else NOTHING
        owners = keys.tag_shards(kind, some, shards)
        return Walk("by_tag", indexes.BY_OWNER, owners, bare=True)

    return path


def by_state(kind: str) -> Path:
    """Read the runs in states of the types named."""

    def path(criteria: Criteria, shards: int) -> Read | None:
        types = _types(criteria, kind)
        if types is None:
            return None
        owners = (
            keys.state_shard(kind, state_type, number)
            for state_type in dict.fromkeys(types)
            for number in range(shards)
        )
        return Walk("by_state", indexes.BY_STATE, tuple(owners))

    return path


def _types(criteria: Criteria, kind: str) -> list[StateType] | None:
    state = asked(criteria, kind, "state")
    return state.type.any_ if state and state.type else None


def by_times(kind: str) -> Paths:
    """Read the runs with a time in a range: a path for each time."""
    return {f"{FILTERS[kind]}.{time}": _by_time(kind, time) for time in TIMES}


def _by_time(kind: str, time: str) -> Path:
    def path(criteria: Criteria, shards: int) -> Read | None:
        return within(kind, asked(criteria, kind, time), TIMES[time], shards)

    return path


def within(kind: str, wanted: Range | None, index: Index, shards: int) -> Read | None:
    """Read the runs with a time in a range; None where none is asked."""
    if wanted is None or (wanted.before_ is None and wanted.after_ is None):
        return None
    if wanted.before_ and wanted.after_ and wanted.before_ < wanted.after_:
        return NOTHING
    between = sort_keys.between(wanted.after_, wanted.before_)
    return Walk(index.name, index, partitions(kind, shards), between)
