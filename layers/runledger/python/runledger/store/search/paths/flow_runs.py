"""Access paths to flow runs."""

from runledger.domain.filters.criteria import Criteria
from runledger.store.schema import keys
from runledger.store.schema.keys import FLOW_RUN
from runledger.store.search.paths.shared import (
    by_flow,
    by_id,
    by_next_start,
    by_state,
    by_tags,
    by_times,
    values_of,
)
from runledger.store.search.planner import Follow, Paths, Read


def by_parent(criteria: Criteria, _: int) -> Read | None:
    """Read the subflow runs of the given task runs."""
    ids = values_of(criteria, FLOW_RUN, "parent_task_run_id")
    if ids is None:
        return None
    links = ((keys.task_run(run_id).pk, keys.under(keys.SUBFLOW)) for run_id in ids)
    return Follow("by_parent", tuple(links))


PATHS: Paths = {
    "flow_runs.id.any_": by_id(FLOW_RUN),
    "flow_runs.parent_task_run_id.any_": by_parent,
    "flows.id.any_": by_flow(bounded=False),
    "flow_runs.tags.all_": by_tags(FLOW_RUN),
    "flow_runs.next_scheduled_start_time": by_next_start(FLOW_RUN),
    "flow_runs.state.type.any_": by_state(FLOW_RUN),
    **by_times(FLOW_RUN),
}
