"""The table as the use cases see it: a store for each kind of thing."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.store.caches import FifoCache, KeyedLocks
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.deadlines import Deadline
from runledger.store.dynamodb.table import Table
from runledger.store.events.events import EventStore
from runledger.store.events.recordings import RecordedRun, RecordingStore
from runledger.store.logs.logs import LogStore
from runledger.store.runs.cancellations import CancellationStore
from runledger.store.runs.cascade_deletes import CascadeDeleteStore, KnownTombstones
from runledger.store.runs.flow_run_inputs import FlowRunInputStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.graphs import GraphStore
from runledger.store.runs.observed_states import ObservedStateStore
from runledger.store.runs.states import StateStore
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.runs.transitions import TransitionStore
from runledger.store.schema.keys import Key
from runledger.store.schema.shards import Shards
from runledger.store.websocket.connections import Connection, ConnectionStore
from runledger.store.websocket.event_subscriptions import SubscriberStore
from runledger.store.websocket.task_workers import TaskWorkerStore

# No item has it: reading it only tells whether the table answers.
NOWHERE = Key("NOWHERE", "NOWHERE")


@dataclass(frozen=True)
class Store:
    """All that is stored; logs and events are kept for so long, logs without a time for good.

    New entries of indexes are spread over `shards`; `shards_read` may be more, where others are.
    """

    table: Table
    shards: int
    shards_read: int = field(default=0, kw_only=True)
    log_retention: timedelta | None = None
    event_retention: timedelta = timedelta(days=7)
    known_connections: FifoCache[Connection] = field(default_factory=FifoCache, repr=False)
    known_runs: FifoCache[RecordedRun] = field(default_factory=FifoCache, repr=False)
    known_tombstones: KnownTombstones = field(default_factory=KnownTombstones, repr=False)
    turns: KeyedLocks = field(default_factory=KeyedLocks, repr=False)

    @property
    def _shards(self) -> Shards:
        return Shards(written=self.shards, read=max(self.shards, self.shards_read))

    @property
    def task_runs(self) -> TaskRunStore:
        """Task runs, with their states and keys."""
        return TaskRunStore(self.table, self._shards)

    @property
    def flow_runs(self) -> FlowRunStore:
        """Flow runs, with their states and claims."""
        return FlowRunStore(self.table, self._shards)

    @property
    def flow_run_inputs(self) -> FlowRunInputStore:
        """What is given to flow runs."""
        return FlowRunInputStore(self.table)

    @property
    def flows(self) -> FlowStore:
        """Flows, with their names."""
        return FlowStore(self.table, self._shards)

    @property
    def deployments(self) -> DeploymentStore:
        """Deployments, with their names."""
        return DeploymentStore(self.table, self._shards)

    @property
    def transitions(self) -> TransitionStore:
        """Task runs, as far as a proposed state is concerned."""
        return TransitionStore(self.table, self._shards)

    @property
    def states(self) -> StateStore:
        """States of runs."""
        return StateStore(self.table)

    @property
    def observed_states(self) -> ObservedStateStore:
        """The pairs of type and name in which runs have been."""
        return ObservedStateStore(self.table, self._shards)

    @property
    def concurrency_limits(self) -> ConcurrencyLimitStore:
        """Concurrency limits, with their names."""
        return ConcurrencyLimitStore(self.table)

    @property
    def leases(self) -> LeaseStore:
        """Slots of concurrency limits, and the leases that hold them."""
        return LeaseStore(self.table)

    @property
    def logs(self) -> LogStore:
        """Logs of runs."""
        return LogStore(self.table, self._shards, self.log_retention)

    @property
    def cancellations(self) -> CancellationStore:
        """What cancelled flow runs take along."""
        return CancellationStore(self.table)

    @property
    def cascade_deletes(self) -> CascadeDeleteStore:
        """Removals that go on, and tombstones."""
        return CascadeDeleteStore(self.table, self.event_retention, self.known_tombstones)

    def with_deadline(self, deadline: Deadline) -> "Store":
        """Return the store for searches that give up at the deadline."""
        return replace(self, table=self.table.with_deadline(deadline))

    @property
    def task_workers(self) -> TaskWorkerStore:
        """Task workers, and the background runs that wait for them."""
        return TaskWorkerStore(self.table)

    @property
    def connections(self) -> ConnectionStore:
        """WebSocket connections."""
        return ConnectionStore(self.table, self.known_connections)

    @property
    def events(self) -> EventStore:
        """Events, as they came."""
        return EventStore(self.table, self._shards, self.event_retention)

    @property
    def event_subscribers(self) -> SubscriberStore[EventSubscriber]:
        """Clients that listen to events."""
        return SubscriberStore(self.table, EventSubscriber)

    @property
    def log_subscribers(self) -> SubscriberStore[LogSubscriber]:
        """Clients that listen to lines of logs."""
        return SubscriberStore(self.table, LogSubscriber)

    @property
    def graphs(self) -> GraphStore:
        """Flow runs, as far as their graphs show them."""
        return GraphStore(self.table)

    @property
    def recordings(self) -> RecordingStore:
        """Task runs, as far as events report them."""
        return RecordingStore(self.table, self.task_runs, self.events, self.known_runs)

    def ping(self) -> None:
        """Ask the table for nothing in particular.

        Raises:
            Unavailable: it does not answer.
        """
        self.table.read(NOWHERE)
