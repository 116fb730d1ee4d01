"""Which flow runs and flows are wanted: criteria, with the look-ups that they need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from runledger.domain.deployments import Deployment
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.lineage import Lineage
from runledger.domain.flow_runs import FlowRun
from runledger.domain.flows import Flow
from runledger.store import deployment_items, flow_run_paths, items, keys
from runledger.store.expressions import in_index
from runledger.store.lineages import Lineages
from runledger.store.planning import Read
from runledger.store.table import Query, Table
from runledger.store.writes import Item

NOTHING = Criteria()


@dataclass(frozen=True)
class Members:
    """What belongs to flow runs and flows, read when it is asked about."""

    table: Table
    criteria: Criteria

    def has_task_run(self, flow_run_id: UUID) -> bool:
        """Tell whether a flow run has a task run that is wanted; asked for at all, that is."""
        wanted = self.criteria.task_runs
        if wanted is None:
            return True
        entries = self._owned(keys.flow_run(flow_run_id).pk, keys.TASK_RUN)
        return any(wanted.matches(items.read_facts(entry)) for entry in entries)

    def flow_runs(self, flow_id: UUID) -> Iterator[FlowRun]:
        """Yield the runs of a flow, as far as indexes know them."""
        entries = self._owned(keys.flow(flow_id).pk, keys.FLOW_RUN)
        return map(items.read_flow_run_facts, entries)

    def deployments(self, flow_id: UUID) -> Iterator[Deployment]:
        """Yield the deployments of a flow, as far as indexes know them."""
        entries = self._owned(keys.flow(flow_id).pk, keys.DEPLOYMENT)
        return map(deployment_items.read_deployment_facts, entries)

    def _owned(self, owner: str, kind: str) -> Iterator[Item]:
        query = Query(in_index(keys.BY_OWNER, owner, None), keys.BY_OWNER.name)
        return (one for one in self.table.query(query) if keys.is_of(keys.of(one), kind))


@dataclass(frozen=True)
class FlowRunSelection:
    """Which flow runs are wanted."""

    table: Table
    criteria: Criteria

    @property
    def asks_nothing(self) -> bool:
        """Whether all are wanted."""
        return self.criteria == NOTHING

    def narrowest(self, shards: int) -> Read | None:
        """Return the path of the table of paths that comes first."""
        return flow_run_paths.narrowest(self.criteria, shards)

    def choose(self, facts: Sequence[FlowRun]) -> Iterator[bool]:
        """Look up what stands above and below the flow runs, as far as it is asked for."""
        members = Members(self.table, self.criteria)
        lineages = Lineages(self.table, self.criteria).of_flow_runs(facts)
        return (
            self._wants(lineage) and members.has_task_run(run.id)
            for run, lineage in zip(facts, lineages, strict=True)
        )

    def _wants(self, lineage: Lineage) -> bool:
        return all(one.matches(lineage) for one in self.criteria.of_lineage)


@dataclass(frozen=True)
class FlowSelection:
    """Which flows are wanted."""

    table: Table
    criteria: Criteria

    @property
    def asks_nothing(self) -> bool:
        """Whether all are wanted."""
        return self.criteria == NOTHING

    def narrowest(self, shards: int) -> Read | None:
        """Return the flows named, if any are."""
        _ = shards
        return flow_run_paths.narrowest_to_flows(self.criteria)

    def choose(self, facts: Sequence[Flow]) -> Iterator[bool]:
        """Look up the runs of the flows, as far as they are asked for."""
        return map(self._wants, facts)

    def _wants(self, flow: Flow) -> bool:
        return self._is_wanted(flow) and self._has_run(flow)

    def _is_wanted(self, flow: Flow) -> bool:
        """Tell whether the flow meets what is asked of it and of its deployments."""
        itself, wanted = self.criteria.flows, self.criteria.deployments
        if itself is None and wanted is None:
            return True
        deployments = list(Members(self.table, self.criteria).deployments(flow.id))
        lineage = Lineage(flow=flow, deployment_flow=flow, flow_has_deployment=bool(deployments))
        if itself is not None and not itself.matches(lineage):
            return False
        return wanted is None or any(
            wanted.matches(replace(lineage, deployment=one)) for one in deployments
        )

    def _has_run(self, flow: Flow) -> bool:
        """Tell whether one run of the flow meets all that is asked of runs."""
        wanted, members = self.criteria.flow_runs, Members(self.table, self.criteria)
        if wanted is None and self.criteria.task_runs is None:
            return True
        runs = list(members.flow_runs(flow.id))
        lineages = Lineages(self.table, self.criteria).of_flow_runs(runs)
        return any(
            (wanted is None or wanted.matches(lineage)) and members.has_task_run(run.id)
            for run, lineage in zip(runs, lineages, strict=True)
        )
