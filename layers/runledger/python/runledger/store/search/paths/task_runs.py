"""Access paths to task runs."""

from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import FLOW_RUN, TASK_RUN
from runledger.store.search.paths.shared import by_id, by_state, by_tags, by_times, named
from runledger.store.search.planner import AND, Paths, Read, Walk


def by_flow_run(criteria: Criteria, _: int) -> Read | None:
    """Read the runs of the flow runs named, as such or as the task runs' own criterion."""
    ids = named(criteria, FLOW_RUN) if _own(criteria) is None else _own(criteria)
    if ids is None:
        return None
    owners = tuple(keys.flow_run(flow_run_id).pk for flow_run_id in dict.fromkeys(ids))
    return Walk("by_flow_run", indexes.BY_OWNER, owners, bounded=True)


def _own(criteria: Criteria) -> list[UUID] | None:
    # The reference ignores the operator of this criterion.
    wanted = criteria.task_runs
    asked = wanted.flow_run_id if wanted and wanted.operator == AND else None
    return asked.any_ if asked and not asked.is_null_ else None


PATHS: Paths = {
    "task_runs.id.any_": by_id(TASK_RUN),
    "task_runs.flow_run_id.any_": by_flow_run,
    "task_runs.tags.all_": by_tags(TASK_RUN),
    "task_runs.state.type.any_": by_state(TASK_RUN),
    **by_times(TASK_RUN),
}
