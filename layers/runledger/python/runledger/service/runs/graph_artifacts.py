"""The artifacts on the nodes of a flow run's graph."""

from collections import defaultdict
from uuid import UUID

from runledger.domain.runs.graphs import ArtifactsByTaskRun, GraphArtifact
from runledger.store.artifacts.artifacts import ArtifactStore
from runledger.store.store import Store

# The reference shows as many of a flow run.
MAX_ARTIFACTS = 10_000

# Results are not shown, nor what has no type.
HIDDEN = {None, "result"}
PROGRESS = "progress"


def of_flow_run(store: Store, flow_run_id: UUID) -> ArtifactsByTaskRun:
    """Return the artifacts of a flow run by task run, as they were created."""
    artifacts = ArtifactStore.of(store)
    found = [one for one in artifacts.of_flow_run(flow_run_id) if one.type not in HIDDEN]
    found = found[:MAX_ARTIFACTS]
    latest = artifacts.latest({one.key for one in found if one.key is not None})
    data = artifacts.data(one.id for one in found if one.type == PROGRESS)
    by_task_run: dict[UUID | None, list[GraphArtifact]] = defaultdict(list)
    for one in found:
        shown = GraphArtifact(
            id=one.id,
            created=one.created,
            key=one.key,
            type=one.type,
            is_latest=one.key is None or one.id in latest,
            data=data.get(one.id),
        )
        by_task_run[one.task_run_id].append(shown)
    return by_task_run
