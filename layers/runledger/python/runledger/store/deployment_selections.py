"""Which deployments are wanted: criteria, with the look-ups that they need."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from runledger.domain.deployments import Deployment
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.lineage import Lineage
from runledger.domain.flow_runs import FlowRun
from runledger.domain.flows import Flow
from runledger.store import items, keys
from runledger.store.expressions import in_partition
from runledger.store.flow_run_selections import NOTHING, Members
from runledger.store.lineages import Lineages
from runledger.store.planning import AND, Lookup, Read, Walk
from runledger.store.table import Query, Table


@dataclass(frozen=True)
class DeploymentSelection:
    """Which deployments are wanted."""

    table: Table
    criteria: Criteria

    @property
    def asks_nothing(self) -> bool:
        """Whether all are wanted."""
        return self.criteria == NOTHING

    def narrowest(self, shards: int) -> Read | None:
        """Read the deployments named, or those of the flows named."""
        _ = shards
        wanted, above = self.criteria.deployments, self.criteria.flows
        if wanted and wanted.operator == AND and wanted.id and wanted.id.any_ is not None:
            return Lookup("by_id", tuple(map(keys.deployment, dict.fromkeys(wanted.id.any_))))
        if above and above.operator == AND and above.id and above.id.any_ is not None:
            owners = tuple(keys.flow(flow_id).pk for flow_id in dict.fromkeys(above.id.any_))
            return Walk("by_flow", keys.BY_OWNER, owners, bounded=True)
        return None

    def choose(self, facts: Sequence[Deployment]) -> Iterator[bool]:
        """Look up the flows and the runs of the deployments, as far as they are asked for."""
        flows = self._flows(facts)
        return (self._wants(one, flows.get(one.flow_id)) for one in facts)

    def _flows(self, deployments: Sequence[Deployment]) -> dict[UUID, Flow]:
        found = self.table.read_many(list({keys.flow(one.flow_id) for one in deployments}))
        flows = (items.read_document(Flow, item) for item in found.values())
        return {flow.id: flow for flow in flows}

    def _wants(self, deployment: Deployment, flow: Flow | None) -> bool:
        lineage = Lineage(
            flow=flow, deployment=deployment, deployment_flow=flow, flow_has_deployment=True
        )
        asked = (self.criteria.deployments, self.criteria.flows)
        return all(one.matches(lineage) for one in asked if one) and self._has_run(deployment)

    def _has_run(self, deployment: Deployment) -> bool:
        """Tell whether one run of the deployment meets all that is asked of runs."""
        wanted = self.criteria.flow_runs
        if wanted is None and self.criteria.task_runs is None:
            return True
        runs, members = self._flow_runs(deployment.id), Members(self.table, self.criteria)
        lineages = Lineages(self.table, self.criteria).of_flow_runs(runs)
        return any(
            (wanted is None or wanted.matches(lineage)) and members.has_task_run(run.id)
            for run, lineage in zip(runs, lineages, strict=True)
        )

    def _flow_runs(self, deployment_id: UUID) -> list[FlowRun]:
        pointers = in_partition(keys.deployment(deployment_id).pk, keys.under(keys.FLOW_RUN))
        ids = [items.pointed_to(item) for item in self.table.query(Query(pointers))]
        found = self.table.read_many([keys.flow_run(run_id) for run_id in ids])
        return [items.read_document(FlowRun, item) for item in found.values()]
