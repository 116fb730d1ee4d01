"""Access paths to flow runs and flows, each named for the question that it answers."""

from collections.abc import Callable

from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.flow_runs import FlowRunFilter
from runledger.store import keys
from runledger.store.keys import FLOW_RUN
from runledger.store.planning import AND, Follow, Lookup, Read, Walk, in_states, within

Path = Callable[[Criteria, int], Read | None]


def narrowest(criteria: Criteria, shards: int) -> Read | None:
    """Return the first path to flow runs that can answer."""
    offers = (path(criteria, shards) for path in PATHS)
    return next((offer for offer in offers if offer is not None), None)


def by_id(criteria: Criteria, _: int) -> Read | None:
    """Read the flow runs named."""
    wanted = _conjunction(criteria)
    if wanted is None or wanted.id is None or wanted.id.any_ is None:
        return None
    return Lookup("by_id", tuple(map(keys.flow_run, dict.fromkeys(wanted.id.any_))))


def by_parent(criteria: Criteria, _: int) -> Read | None:
    """Read the subflow runs of the task runs named."""
    wanted = _conjunction(criteria)
    asked = wanted.parent_task_run_id if wanted else None
    if asked is None or asked.operator != AND or asked.any_ is None:
        return None
    ids = dict.fromkeys(asked.any_)
    linked = ((keys.task_run(run_id).pk, keys.under(keys.SUBFLOW)) for run_id in ids)
    return Follow("by_parent", tuple(linked))


def by_flow(criteria: Criteria, _: int) -> Read | None:
    """Read the runs of the flows named."""
    above = criteria.flows
    if above is None or above.operator != AND or above.id is None or above.id.any_ is None:
        return None
    owners = tuple(keys.flow(flow_id).pk for flow_id in dict.fromkeys(above.id.any_))
    return Walk("by_flow", keys.BY_OWNER, owners)


def by_state(criteria: Criteria, shards: int) -> Read | None:
    """Read the flow runs in states of the types named."""
    wanted = _conjunction(criteria)
    state = wanted and wanted.state
    if not state or state.operator != AND or state.type is None:
        return None
    # Given both operators the reference heeds neither.
    if state.type.any_ is None or state.type.not_any_:
        return None
    return in_states(FLOW_RUN, state.type.any_, shards)


def by_end(criteria: Criteria, shards: int) -> Read | None:
    """Read the flow runs that ended within a time."""
    wanted = _conjunction(criteria)
    return within(FLOW_RUN, wanted.end_time if wanted else None, keys.BY_END, shards)


def by_start(criteria: Criteria, shards: int) -> Read | None:
    """Read the flow runs that started, or are expected to, within a time."""
    wanted = _conjunction(criteria)
    return within(FLOW_RUN, wanted.start_time if wanted else None, keys.BY_START, shards)


def by_expected_start(criteria: Criteria, shards: int) -> Read | None:
    """Read the flow runs expected to start within a time."""
    wanted = _conjunction(criteria)
    asked = wanted.expected_start_time if wanted else None
    return within(FLOW_RUN, asked, keys.BY_EXPECTED_START, shards)


PATHS: tuple[Path, ...] = (
    by_id,
    by_parent,
    by_flow,
    by_state,
    by_start,
    by_end,
    by_expected_start,
)


def _conjunction(criteria: Criteria) -> FlowRunFilter | None:
    """Return the flow-run filter if each of its criteria must hold, so that one may narrow."""
    wanted = criteria.flow_runs
    return wanted if wanted is not None and wanted.operator == AND else None


def narrowest_to_flows(criteria: Criteria) -> Read | None:
    """Read the flows named, by id or by name."""
    wanted = criteria.flows
    if wanted is None or wanted.operator != AND:
        return None
    if wanted.id is not None and wanted.id.any_ is not None:
        return Lookup("by_id", tuple(map(keys.flow, dict.fromkeys(wanted.id.any_))))
    if wanted.name is not None and wanted.name.any_ is not None:
        named = map(keys.flow_name, dict.fromkeys(wanted.name.any_))
        return Follow("by_name", tuple((key.pk, (key.sk, key.sk)) for key in named))
    return None
