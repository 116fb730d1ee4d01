"""The graph of a flow run: what ran in it, and what followed from what.

See docs/contract/clients.md 6.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any, Literal, NamedTuple
from uuid import UUID

from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.task_runs import FlowRunResult, TaskRun, TaskRunResult
from runledger.domain.values import Value

# The input that names the task runs that enclose a run, where others are what it waited for.
ENCLOSING = "__parents__"


class Edge(Value):
    """The other end of an edge."""

    id: UUID


class Node(Value):
    """A task run, or the subflow run that one stands for; there are no artifacts here."""

    kind: Literal["flow-run", "task-run"]
    id: UUID
    label: str
    state_type: StateType | None
    start_time: datetime
    end_time: datetime | None
    parents: tuple[Edge, ...]
    children: tuple[Edge, ...]
    encapsulating: tuple[Edge, ...]
    artifacts: tuple[Any, ...] = ()


class GraphState(Value):
    """A state that the flow run was in."""

    id: UUID
    timestamp: datetime
    type: StateType
    name: str


class Graph(Value):
    """What a flow run's page draws."""

    start_time: datetime | None
    end_time: datetime | None
    root_node_ids: tuple[UUID, ...]
    nodes: tuple[tuple[UUID, Node], ...]
    artifacts: tuple[Any, ...] = ()
    states: tuple[GraphState, ...]


class Subflow(NamedTuple):
    """A subflow run, and the name of its flow."""

    run: FlowRun
    flow_name: str


class GraphTaskRun(NamedTuple):
    """A task run, and the subflow run that is shown in its place, if there is one."""

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
        """When it started or, before that, is expected to."""
        own = self.task_run.start_time or self.task_run.expected_start_time
        if self.subflow is None:
            return own
        return self.subflow.run.start_time or self.subflow.run.expected_start_time or own

    @property
    def ends(self) -> datetime | None:
        """When it ended; what is complete without an end took no time."""
        ended = (self.subflow and self.subflow.run.end_time) or self.task_run.end_time
        if ended is None and self.task_run.state_type == StateType.COMPLETED:
            return self.task_run.expected_start_time
        return ended

    def inputs(self, *, enclosing: bool) -> Iterator[UUID]:
        """Yield the runs whose results it was given, or those within which it was started."""
        for name, given in self.task_run.task_inputs.items():
            if (name == ENCLOSING) == enclosing:
                yield from (it.id for it in given if isinstance(it, TaskRunResult | FlowRunResult))


def graph_of(
    run: FlowRun, states: Iterable[State], shown: Iterable[GraphTaskRun], since: datetime | None
) -> Graph:
    """Return the graph of a flow run, of its nodes those that did not end before `since`."""
    nodes = _nodes(shown)
    recent = [one for one in nodes if not (since and one.end_time and one.end_time < since)]
    return Graph(
        start_time=run.start_time or run.expected_start_time,
        end_time=run.end_time,
        root_node_ids=tuple(one.id for one in recent if not one.parents),
        nodes=tuple((one.id, one) for one in recent),
        states=tuple(
            GraphState(id=one.id, timestamp=one.timestamp, type=one.type, name=one.name)
            for one in states
        ),
    )


def _nodes(shown: Iterable[GraphTaskRun]) -> list[Node]:
    """Return the nodes by when they begin; an edge is told once, however often it is an input."""
    begun = {one.id: (begins, one) for one in shown if (begins := one.begins)}
    parents: dict[UUID, Sequence[UUID]] = {}
    children: dict[UUID, list[UUID]] = defaultdict(list)
    for _, one in sorted(begun.values(), key=_when):
        parents[one.id] = [it for it in dict.fromkeys(one.inputs(enclosing=False)) if it in begun]
        for parent in parents[one.id]:
            children[parent].append(one.id)
    return [
        Node(
            kind="flow-run" if one.subflow else "task-run",
            id=one.id,
            label=one.label,
            state_type=one.state_type,
            start_time=begins,
            end_time=one.ends,
            parents=_edges(parents[one.id]),
            children=_edges(children[one.id]),
            encapsulating=_edges(it for it in one.inputs(enclosing=True) if it in begun),
        )
        for begins, one in (begun[run_id] for run_id in parents)
    ]


def _when(begun: tuple[datetime, GraphTaskRun]) -> tuple[Any, ...]:
    begins, one = begun
    return begins, one.ends is not None, one.ends or begins, str(one.id)


def _edges(ids: Iterable[UUID]) -> tuple[Edge, ...]:
    return tuple(Edge(id=run_id) for run_id in dict.fromkeys(ids))
