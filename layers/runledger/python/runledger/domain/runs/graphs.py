"""The graph of a flow run: its task runs and their dependencies (docs/contract/clients.md 6)."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import FlowRunResult, TaskRun, TaskRunResult
from runledger.domain.values import Value

# The input with the enclosing task runs; other inputs are dependencies.
ENCLOSING = "__parents__"


class Edge(Value):
    """The other end of an edge."""

    id: UUID


class GraphArtifact(Value):
    """An artifact on a node; only a progress shows its data."""

    id: UUID
    created: datetime
    key: str | None
    type: str | None
    is_latest: bool
    data: Any


ArtifactsByTaskRun = Mapping[UUID | None, Sequence[GraphArtifact]]
"""Those of the flow run itself are at None."""


class Node(Value):
    """A task run, or the subflow run in its place."""

    kind: Literal["flow-run", "task-run"]
    id: UUID
    label: str
    state_type: StateType | None
    start_time: datetime
    end_time: datetime | None
    parents: tuple[Edge, ...]
    children: tuple[Edge, ...]
    encapsulating: tuple[Edge, ...]
    artifacts: tuple[GraphArtifact, ...] = ()


class GraphState(Value):
    """A state in the flow run's history."""

    id: UUID
    timestamp: datetime
    type: StateType
    name: str


class Graph(Value):
    """The graph as the UI draws it."""

    start_time: datetime | None
    end_time: datetime | None
    root_node_ids: tuple[UUID, ...]
    nodes: tuple[tuple[UUID, Node], ...]
    artifacts: tuple[GraphArtifact, ...] = ()
    states: tuple[GraphState, ...]


class Subflow(NamedTuple):
    """A subflow run, with the name of its flow."""

    run: FlowRun
    flow_name: str


class GraphTaskRun(NamedTuple):
    """A task run, and the subflow run that replaces it in the graph, if there is one."""

    task_run: TaskRun
    subflow: Subflow | None = None

    @property
    def id(self) -> UUID:
        return self.subflow.run.id if self.subflow else self.task_run.id

    @property
    def label(self) -> str:
        if self.subflow is None:
            return self.task_run.name
        return f"{self.subflow.flow_name} / {self.subflow.run.name}"

    @property
    def state_type(self) -> StateType | None:
        return (self.subflow and self.subflow.run.state_type) or self.task_run.state_type

    @property
    def begins(self) -> datetime | None:
        """The start time or, before the start, the expected one."""
        own = self.task_run.start_time or self.task_run.expected_start_time
        if self.subflow is None:
            return own
        return self.subflow.run.start_time or self.subflow.run.expected_start_time or own

    @property
    def ends(self) -> datetime | None:
        """The end time; a completed run without an end took no time."""
        ended = (self.subflow and self.subflow.run.end_time) or self.task_run.end_time
        if ended is None and self.task_run.state_type == StateType.COMPLETED:
            return self.task_run.expected_start_time
        return ended

    def inputs(self, *, enclosing: bool) -> Iterator[UUID]:
        """Yield the runs whose results are inputs or, if `enclosing`, the enclosing runs."""
        for name, given in self.task_run.task_inputs.items():
            if (name == ENCLOSING) == enclosing:
                yield from (it.id for it in given if isinstance(it, TaskRunResult | FlowRunResult))


def graph_of(
    run: FlowRun,
    states: Iterable[State],
    task_runs: Iterable[GraphTaskRun],
    since: datetime | None,
    *,
    artifacts: ArtifactsByTaskRun,
) -> Graph:
    """Return the graph of a flow run, without nodes that ended before `since`."""
    nodes = _nodes(task_runs, artifacts)
    recent = [node for node in nodes if not (since and node.end_time and node.end_time < since)]
    return Graph(
        start_time=run.start_time or run.expected_start_time,
        end_time=run.end_time,
        root_node_ids=tuple(node.id for node in recent if not node.parents),
        nodes=tuple((node.id, node) for node in recent),
        artifacts=tuple(artifacts.get(None, ())),
        states=tuple(
            GraphState(id=state.id, timestamp=state.timestamp, type=state.type, name=state.name)
            for state in states
        ),
    )


def _nodes(task_runs: Iterable[GraphTaskRun], artifacts: ArtifactsByTaskRun) -> list[Node]:
    """Return the nodes in the order of their starts, each edge once."""
    begun = {run.id: (begins, run) for run in task_runs if (begins := run.begins)}
    parents: dict[UUID, Sequence[UUID]] = {}
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for _, run in sorted(begun.values(), key=_rank):
        parents[run.id] = [it for it in dict.fromkeys(run.inputs(enclosing=False)) if it in begun]
        for parent in parents[run.id]:
            children[parent].append(run.id)
    return [
        Node(
            kind="flow-run" if run.subflow else "task-run",
            id=run.id,
            label=run.label,
            state_type=run.state_type,
            start_time=begins,
            end_time=run.ends,
            parents=_edges(parents[run.id]),
            children=_edges(children[run.id]),
            encapsulating=_edges(it for it in run.inputs(enclosing=True) if it in begun),
            artifacts=tuple(artifacts.get(run.id, ())),
        )
        for begins, run in (begun[run_id] for run_id in parents)
    ]


def _rank(begun: tuple[datetime, GraphTaskRun]) -> tuple[Any, ...]:
    begins, run = begun
    return begins, run.ends is not None, run.ends or begins, str(run.id)


def _edges(ids: Iterable[UUID]) -> tuple[Edge, ...]:
    return tuple(Edge(id=run_id) for run_id in dict.fromkeys(ids))
