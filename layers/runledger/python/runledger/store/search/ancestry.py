"""What stands above task runs: their flow runs, and those' flows, deployments and parents."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.store import items
from runledger.store.deployments import deployment_items
from runledger.store.deployments.deployment_items import OF_DEPLOYMENTS
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import task_run_items
from runledger.store.schema import keys


class KnownFlow(NamedTuple):
    """A flow, if there is one, and whether it has a deployment."""

    flow: Flow | None = None
    has_deployment: bool = False

    @classmethod
    def read(cls, item: Item) -> "KnownFlow":
        """Read it from a flow's item, which counts its deployments."""
        return cls(items.read_document(Flow, item), bool(item.get("deployments")))


NO_FLOW = KnownFlow()


@dataclass(frozen=True)
class AncestryLoader:
    """Looks up lineages once per flow run, and only as far as the criteria ask."""

    table: Table
    criteria: Criteria
    _seen: dict[UUID | None, Ancestry] = field(default_factory=dict)

    def of(self, runs: Iterable[TaskRunFacts]) -> Mapping[UUID | None, Ancestry]:
        """Return the lineages of the runs by their flow run's id; of no flow run there is none."""
        if not self.criteria.needs_ancestry:
            return {}
        ids = {run.flow_run_id for run in runs if run.flow_run_id}
        self._seen.update(self._look_up([one for one in ids if one not in self._seen]))
        return self._seen

    def _look_up(self, ids: list[UUID]) -> dict[UUID | None, Ancestry]:
        found = self.table.read_many([keys.flow_run(flow_run_id) for flow_run_id in ids])
        flow_runs = [items.read_document(FlowRun, item) for item in found.values()]
        of_each = zip(flow_runs, self.of_flow_runs(flow_runs), strict=True)
        return {run.id: ancestry for run, ancestry in of_each}

    def of_flow_runs(self, flow_runs: Sequence[FlowRun]) -> Iterator[Ancestry]:
        """Return the lineage of each flow run, as far as the criteria ask."""
        deployments = self._deployments(flow_runs)
        flows = self._flows(flow_runs, deployments.values())
        parents = self._parents(flow_runs)
        for run in flow_runs:
            deployment = deployments.get(run.deployment_id)
            above, has_deployment = flows.get(run.flow_id, NO_FLOW)
            deployed, _ = flows.get(deployment.flow_id, NO_FLOW) if deployment else NO_FLOW
            yield Ancestry(
                flow_run=run,
                flow=above,
                deployment=deployment,
                deployment_flow=deployed,
                flow_has_deployment=has_deployment,
                parent_flow_run_id=parents.get(run.parent_task_run_id),
            )

    def _deployments(self, flow_runs: Sequence[FlowRun]) -> dict[UUID | None, Deployment]:
        if self.criteria.deployments is None:
            return {}
        ids = [run.deployment_id for run in flow_runs if run.deployment_id]
        found = self.table.read_many([keys.deployment(one) for one in ids], OF_DEPLOYMENTS)
        deployments = map(deployment_items.read_deployment_facts, found.values())
        return {deployment.id: deployment for deployment in deployments}

    def _flows(
        self, flow_runs: Sequence[FlowRun], deployments: Iterable[Deployment]
    ) -> dict[UUID, KnownFlow]:
        """Return the flows of the runs and of their deployments, and whether each is deployed."""
        ids = {deployment.flow_id for deployment in deployments}
        if self.criteria.flows is not None:
            ids |= {run.flow_id for run in flow_runs}
        found = self.table.read_many([keys.flow(flow_id) for flow_id in ids])
        known = map(KnownFlow.read, found.values())
        return {one.flow.id: one for one in known if one.flow}

    def _parents(self, flow_runs: Sequence[FlowRun]) -> dict[UUID | None, UUID | None]:
        """Return the flow runs in which the subflows' parent task runs are."""
        if self.criteria.flow_runs is None or self.criteria.flow_runs.parent_flow_run_id is None:
            return {}
        ids = [run.parent_task_run_id for run in flow_runs if run.parent_task_run_id]
        found = self.table.read_many([keys.task_run(task_run_id) for task_run_id in ids])
        facts = map(task_run_items.read_facts, found.values())
        return {task_run.id: task_run.flow_run_id for task_run in facts}
