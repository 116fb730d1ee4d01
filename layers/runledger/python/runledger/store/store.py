"""The table as the use cases see it: a store for each kind of thing."""

from dataclasses import dataclass

from runledger.store import keys
from runledger.store.concurrency_limits import ConcurrencyLimitStore
from runledger.store.deployments import DeploymentStore
from runledger.store.flow_runs import FlowRunStore
from runledger.store.flows import FlowStore
from runledger.store.leases import LeaseStore
from runledger.store.states import StateStore
from runledger.store.table import Table
from runledger.store.task_runs import TaskRunStore
from runledger.store.transitions import TransitionStore


@dataclass(frozen=True)
class Store:
    """All that is stored."""

    table: Table
    shards: int

    @property
    def task_runs(self) -> TaskRunStore:
        """Task runs, with their states and keys."""
        return TaskRunStore(self.table, self.shards)

    @property
    def flow_runs(self) -> FlowRunStore:
        """Flow runs, with their states and claims."""
        return FlowRunStore(self.table, self.shards)

    @property
    def flows(self) -> FlowStore:
        """Flows, with their names."""
        return FlowStore(self.table, self.shards)

    @property
    def deployments(self) -> DeploymentStore:
        """Deployments, with their names."""
        return DeploymentStore(self.table, self.shards)

    @property
    def transitions(self) -> TransitionStore:
        """Task runs, as far as a proposed state is concerned."""
        return TransitionStore(self.table, self.shards)

    @property
    def states(self) -> StateStore:
        """States of runs."""
        return StateStore(self.table)

    @property
    def concurrency_limits(self) -> ConcurrencyLimitStore:
        """Concurrency limits, with their names."""
        return ConcurrencyLimitStore(self.table)

    @property
    def leases(self) -> LeaseStore:
        """Slots of concurrency limits, and the leases that hold them."""
        return LeaseStore(self.table)

    def ping(self) -> None:
        """Ask the table for nothing in particular.

        Raises:
            Unavailable: it does not answer.
        """
        self.table.read(keys.NOWHERE)
