"""Access paths to artifacts."""

from collections.abc import Callable
from uuid import UUID

from runledger.domain.filters.criteria import Criteria
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import ARTIFACT, FLOW_RUN, TASK_RUN, Key
from runledger.store.search.paths.shared import by_id, values_of
from runledger.store.search.planner import Follow, Path, Paths, Read, Walk


def by_run(kind: str, field: str, run: Callable[[UUID], Key], *, bare: bool) -> Path:
    """Read the artifacts of the given runs, from either filter that gives them."""

    def path(criteria: Criteria, _: int) -> Read | None:
        own = values_of(criteria, ARTIFACT, field)
        ids = values_of(criteria, kind) if own is None else own
        if ids is None:
            return None
        owners = tuple(keys.artifacts_of(run(run_id)) for run_id in dict.fromkeys(ids))
        return Walk(f"by_{kind.lower()}", indexes.BY_OWNER, owners, bounded=True, bare=bare)

    return path


def by_key(criteria: Criteria, _: int) -> Read | None:
    """Read the artifacts of the given keys."""
    wanted = values_of(criteria, ARTIFACT, "key")
    if wanted is None:
        return None
    found = ((keys.artifact_key(key), keys.under(ARTIFACT)) for key in wanted)
    return Follow("by_key", tuple(found))


PATHS: Paths = {
    "artifacts.id.any_": by_id(ARTIFACT),
    "artifacts.task_run_id.any_": by_run(TASK_RUN, "task_run_id", keys.task_run, bare=True),
    "artifacts.flow_run_id.any_": by_run(FLOW_RUN, "flow_run_id", keys.flow_run, bare=False),
    "artifacts.key.any_": by_key,
}
