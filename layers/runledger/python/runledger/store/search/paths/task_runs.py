"""Access paths to task runs."""

from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import StateType
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import FLOW_RUN, TASK_RUN
from runledger.store.search.paths.shared import (
    by_id,
    by_state,
    by_tags,
    by_times,
    in_states,
    values_of,
)
from runledger.store.search.planner import AND, Paths, Read, Walk


def by_flow_run(criteria: Criteria, _: int) -> Read | None:
    """Read the task runs of the given flow runs, from either filter that gives them."""
    own = _own_flow_run_ids(criteria)
    ids = values_of(criteria, FLOW_RUN) if own is None else own
    if ids is None:
        return None
    owners = tuple(keys.flow_run(flow_run_id).pk for flow_run_id in dict.fromkeys(ids))
    return Walk("by_flow_run", indexes.BY_OWNER, owners, bounded=True)


def _own_flow_run_ids(criteria: Criteria) -> list[UUID] | None:
    # The reference ignores the operator of this criterion.
    wanted = criteria.task_runs
    criterion = wanted.flow_run_id if wanted and wanted.operator == AND else None
    return criterion.any_ if criterion and not criterion.is_null_ else None


def by_state_of_any_type(kind: str, between: tuple[str, str] | None, shards: int) -> Walk:
    """Read task runs by state: these entries change with each state, so they carry documents."""
    return in_states(kind, frozenset(StateType), between, shards, name="all_by_state")


PATHS: Paths = {
    "task_runs.id.any_": by_id(TASK_RUN),
    "task_runs.flow_run_id.any_": by_flow_run,
    "task_runs.tags.all_": by_tags(TASK_RUN),
    "task_runs.state.type.any_": by_state(TASK_RUN),
    **by_times(TASK_RUN),
}
