"""The graphs of flow runs."""

from datetime import datetime
from itertools import islice
from uuid import UUID

from runledger.domain.errors import Rejected, UnknownRun
from runledger.domain.runs.graphs import Graph, graph_of
from runledger.service.runs import graph_artifacts
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.graphs import GraphStore
from runledger.store.runs.states import StateStore
from runledger.store.schema import keys
from runledger.store.store import Store

MAX_NODES = 10_000


def draw(
    store: Store, run_id: UUID, since: datetime | None, *, max_nodes: int = MAX_NODES
) -> Graph:
    """Return the graph of a flow run, without the nodes that ended before `since`.

    Raises:
        UnknownRun: there is no such flow run.
        Rejected: it has more than `max_nodes` task runs.
    """
    seen = FlowRunStore.of(store).read(run_id)
    if seen is None:
        raise UnknownRun(f"Flow run {run_id} not found")
    claims = islice(FlowRunStore.of(store).claims(run_id, after=""), max_nodes + 1)
    task_runs = [claim.task_run_id for claim in claims]
    if len(task_runs) > max_nodes:
        raise Rejected(f"The graph of flow run {run_id} has more than {max_nodes} nodes.")
    states = StateStore.of(store).history(keys.flow_run(run_id))
    nodes = GraphStore.of(store).nodes(task_runs)
    artifacts = graph_artifacts.of_flow_run(store, run_id)
    return graph_of(seen.run, states, nodes, since, artifacts=artifacts)
