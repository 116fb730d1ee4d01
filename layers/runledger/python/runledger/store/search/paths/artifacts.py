"""Access paths to artifacts."""

from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import ARTIFACT, FLOW_RUN, TASK_RUN
from runledger.store.schema.sort_keys import under
from runledger.store.search.paths.shared import by_id, values_of
from runledger.store.search.planner import NOTHING, Follow, Paths, Read, Walk, partitions

# Task runs whose artifacts are looked up one by one; a search for those of more reads others, too.
MAX_TASK_RUNS = 50


def _runs(criteria: Criteria, kind: str, field: str) -> list[UUID] | None:
    """Return the runs from either filter that gives them."""
    own = values_of(criteria, ARTIFACT, field)
    return values_of(criteria, kind) if own is None else own


def by_flow_run(criteria: Criteria, _: int) -> Read | None:
    """Read the artifacts of the given flow runs."""
    ids = _runs(criteria, FLOW_RUN, "flow_run_id")
    if ids is None:
        return None
    owners = tuple(keys.artifacts_of(keys.flow_run(run_id)) for run_id in dict.fromkeys(ids))
    return Walk("by_flow_run", indexes.BY_OWNER, owners, bounded=True)


def by_task_run(criteria: Criteria, shards: int) -> Read | None:
    """Read the artifacts of the given task runs."""
    ids = _runs(criteria, TASK_RUN, "task_run_id")
    if ids is None or len(ids) > MAX_TASK_RUNS:
        return None
    if not ids:
        return NOTHING
    walk = None
    for run_id in dict.fromkeys(ids):
        between = under(str(run_id))
        parts = partitions(ARTIFACT, shards)
        walk = Walk("by_task_run", indexes.BY_NAME, parts, between, bounded=True, beside=walk)
    return walk


def by_key(criteria: Criteria, _: int) -> Read | None:
    """Read the artifacts of the given keys."""
    wanted = values_of(criteria, ARTIFACT, "key")
    if wanted is None:
        return None
    found = ((keys.artifact_key(key), keys.under(ARTIFACT)) for key in wanted)
    return Follow("by_key", tuple(found))


PATHS: Paths = {
    "artifacts.id.any_": by_id(ARTIFACT),
    "artifacts.task_run_id.any_": by_task_run,
    "artifacts.flow_run_id.any_": by_flow_run,
    "artifacts.key.any_": by_key,
}
