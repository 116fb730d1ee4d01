"""Access paths to task runs, each named for the question that it answers, the cheapest first.

A path is a pure function from what is wanted to what is to be read, or None where it can't help.
"""

from collections.abc import Callable
from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.task_runs import TaskRunFilter
from runledger.store import keys
from runledger.store.keys import TASK_RUN
from runledger.store.planning import AND, Lookup, Read, Walk, in_states, within

Path = Callable[[Criteria, int], Read | None]


def narrowest(criteria: Criteria, shards: int) -> Read | None:
    """Return the first path that can answer."""
    offers = (path(criteria, shards) for path in PATHS)
    return next((offer for offer in offers if offer is not None), None)


def by_id(criteria: Criteria, _: int) -> Read | None:
    """Read the runs named."""
    wanted = _conjunction(criteria)
    if wanted is None or wanted.id is None or wanted.id.any_ is None:
        return None
    return Lookup("by_id", tuple(map(keys.task_run, dict.fromkeys(wanted.id.any_))))


def by_flow_run(criteria: Criteria, _: int) -> Read | None:
    """Read the runs of the flow runs named."""
    ids = _flow_run_ids(criteria)
    if ids is None:
        return None
    owners = tuple(keys.flow_run(flow_run_id).pk for flow_run_id in dict.fromkeys(ids))
    return Walk("by_flow_run", keys.BY_OWNER, owners, bounded=True)


def _flow_run_ids(criteria: Criteria) -> list[UUID] | None:
    wanted = _conjunction(criteria)
    named = wanted and wanted.flow_run_id
    if named and not named.is_null_ and named.any_ is not None:
        return named.any_
    above = criteria.flow_runs
    return above.id.any_ if above and above.operator == AND and above.id else None


def by_state(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs in states of the types named."""
    wanted = _conjunction(criteria)
    state = wanted and wanted.state
    if not state or state.operator != AND or state.type is None or state.type.any_ is None:
        return None
    return in_states(TASK_RUN, state.type.any_, shards)


def by_start(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs that started within a time."""
    wanted = _conjunction(criteria)
    return within(TASK_RUN, wanted.start_time if wanted else None, keys.BY_START, shards)


def by_end(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs that ended within a time."""
    wanted = _conjunction(criteria)
    return within(TASK_RUN, wanted.end_time if wanted else None, keys.BY_END, shards)


def by_expected_start(criteria: Criteria, shards: int) -> Read | None:
    """Read the runs expected to start within a time."""
    wanted = _conjunction(criteria)
    asked = wanted.expected_start_time if wanted else None
    return within(TASK_RUN, asked, keys.BY_EXPECTED_START, shards)


PATHS: tuple[Path, ...] = (by_id, by_flow_run, by_state, by_start, by_end, by_expected_start)


def _conjunction(criteria: Criteria) -> TaskRunFilter | None:
    """Return the task-run filter if each of its criteria must hold, so that one may narrow."""
    wanted = criteria.task_runs
    return wanted if wanted is not None and wanted.operator == AND else None
