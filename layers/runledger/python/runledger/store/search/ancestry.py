"""Loads the ancestry of runs: their flow runs, and the flows, deployments and parents of these."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol
from uuid import UUID

from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.flows import Flow
from runledger.store import items
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items, task_run_items
from runledger.store.schema import keys

if TYPE_CHECKING:
    from runledger.domain.deployments.deployments import Deployment


class InFlowRun(Protocol):
    """A task run or an artifact, which may be in a flow run."""

    @property
    def flow_run_id(self) -> UUID | None: ...


class KnownFlow(NamedTuple):
    """A flow, or None, and whether it has a deployment."""

    flow: Flow | None = None
    has_deployment: bool = False

    @classmethod
    def read(cls, item: Item) -> "KnownFlow":
        """Read it from a flow's item, which counts its deployments."""
        return cls(items.read_document(Flow, item), bool(item.get("deployments")))


NO_FLOW = KnownFlow()


class AncestryLoader:
    """Reads the ancestry of each flow run once, and only the parts that the criteria filter by."""

    def __init__(self, table: Table, criteria: Criteria) -> None:
        """Begin with no ancestry read."""
        self.table, self.criteria = table, criteria
        self._seen: dict[UUID | None, Ancestry] = {}

    def of(self, runs: Iterable[InFlowRun]) -> Mapping[UUID | None, Ancestry]:
        """Return ancestries by flow run id; without a flow run there is none."""
        if not self.criteria.needs_ancestry:
            return {}
        ids = {run.flow_run_id for run in runs if run.flow_run_id}
        self._seen.update(self._load([run_id for run_id in ids if run_id not in self._seen]))
        return self._seen

    def _load(self, ids: list[UUID]) -> dict[UUID | None, Ancestry]:
        found = self.table.read_many([keys.flow_run(flow_run_id) for flow_run_id in ids])
        flow_runs = list(map(flow_run_items.read_flow_run_facts, found.values()))
        pairs = zip(flow_runs, self.of_flow_runs(flow_runs), strict=True)
        return {run.id: ancestry for run, ancestry in pairs}

    def of_flow_runs(self, flow_runs: Sequence[FlowRunFacts]) -> Iterator[Ancestry]:
        """Yield the ancestry of each flow run: the parts that the criteria filter by."""
        deployments = self._deployments(flow_runs)
        flows = self._flows(flow_runs, deployments.values())
        parents = self._parents(flow_runs)
        for run in flow_runs:
            deployment = deployments.get(run.deployment_id)
            flow, has_deployment = flows.get(run.flow_id, NO_FLOW)
            deployment_flow, _ = flows.get(deployment.flow_id, NO_FLOW) if deployment else NO_FLOW
            yield Ancestry(
                flow_run=run,
                flow=flow,
                deployment=deployment,
                deployment_flow=deployment_flow,
                flow_has_deployment=has_deployment,
                parent_flow_run_id=parents.get(run.parent_task_run_id),
            )

    def _deployments(self, flow_runs: Sequence[FlowRunFacts]) -> dict[UUID | None, "Deployment"]:
        if self.criteria.deployments is None:
            return {}
        # Its models take a twentieth of a cold start, and few searches ask for deployments.
        from runledger.store.deployments import deployment_items  # noqa: PLC0415

        ids = [run.deployment_id for run in flow_runs if run.deployment_id]
        wanted = [keys.deployment(deployment_id) for deployment_id in ids]
        found = self.table.read_many(wanted, deployment_items.DEPLOYMENT_ATTRIBUTES)
        deployments = map(deployment_items.read_deployment_facts, found.values())
        return {deployment.id: deployment for deployment in deployments}

    def _flows(
        self, flow_runs: Sequence[FlowRunFacts], deployments: "Iterable[Deployment]"
    ) -> dict[UUID, KnownFlow]:
        """Return the flows of the runs and of their deployments."""
        ids = {deployment.flow_id for deployment in deployments}
        if self.criteria.flows is not None:
            ids |= {run.flow_id for run in flow_runs}
        found = self.table.read_many([keys.flow(flow_id) for flow_id in ids])
        known = map(KnownFlow.read, found.values())
        return {known_flow.flow.id: known_flow for known_flow in known if known_flow.flow}

    def _parents(self, flow_runs: Sequence[FlowRunFacts]) -> dict[UUID | None, UUID | None]:
        """Return the flow runs of the subflow runs' parent task runs, by task run."""
        if self.criteria.flow_runs is None or self.criteria.flow_runs.parent_flow_run_id is None:
            return {}
        ids = [run.parent_task_run_id for run in flow_runs if run.parent_task_run_id]
        found = self.table.read_many([keys.task_run(task_run_id) for task_run_id in ids])
        facts = map(task_run_items.read_facts, found.values())
        return {task_run.id: task_run.flow_run_id for task_run in facts}
