"""Artifacts of results: one for each state with data that a client sets.

The state keeps its data, so that reads of runs read no artifact. Its transaction writes both, and
whoever changes or removes the artifact changes the state's data too.
"""

from runledger import ids
from runledger.domain import artifacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store.artifacts.artifact_items import SeenArtifact
from runledger.store.artifacts.artifacts import ArtifactStore
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Write
from runledger.store.store import Shards


def new_writes(table: Table, shards: Shards, run: TaskRun | FlowRun) -> list[Write]:
    """Return the writes of the artifact of a run's new state with data.

    Raises:
        Conflict: what the data say of the artifact are no texts.
    """
    new = SeenArtifact(artifacts.of_result(ids.run_id(), run), state_id=run.state_id)
    return [*ArtifactStore(table, shards).creation_writes(new, ids.run_id())]
