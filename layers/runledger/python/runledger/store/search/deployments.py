"""The search for deployments."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple
from uuid import UUID

from runledger.domain import sorting
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import FlowRunFacts
from runledger.domain.runs.flows import Flow
from runledger.domain.sorting import ALL, Page
from runledger.store import items
from runledger.store.deployments import deployment_items
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import MAX_KEYS, Query, Table, chunks
from runledger.store.runs import flow_run_items
from runledger.store.schema import keys
from runledger.store.search.entities import EntityType, by_column
from runledger.store.search.executor import Searcher
from runledger.store.search.members import Members, test_each
from runledger.store.search.paths import flows as paths
from runledger.store.store import Store

DEPLOYMENTS: EntityType[Deployment, Deployment] = EntityType(
    keys.DEPLOYMENT,
    facts=deployment_items.read_deployment_facts,
    document=lambda item, _: deployment_items.read_document(item),
    rank=by_column(sorting.rank_deployment),
    attributes=(*items.DOCUMENT_ATTRIBUTES, deployment_items.LIMIT_ID, deployment_items.POLLED),
    paths=paths.TO_DEPLOYMENTS,
)


class DeploymentSelection(NamedTuple):
    """Filters deployments by the criteria."""

    table: Table
    criteria: Criteria

    def choose(self, facts: Sequence[Deployment]) -> Iterator[bool]:
        """Match each deployment; read its flow, and its runs if the criteria filter by runs."""
        flows = self._flows(facts)
        ancestries = (_ancestry(deployment, flows.get(deployment.flow_id)) for deployment in facts)
        reads_runs = self.criteria.flow_runs is not None or self.criteria.task_runs is not None
        return test_each(self._matches, zip(facts, ancestries, strict=True), reads=reads_runs)

    def _flows(self, deployments: Sequence[Deployment]) -> dict[UUID, Flow]:
        wanted = {keys.flow(deployment.flow_id) for deployment in deployments}
        found = self.table.read_many(list(wanted))
        flows = (items.read_document(Flow, item) for item in found.values())
        return {flow.id: flow for flow in flows}

    def _matches(self, deployment: Deployment, ancestry: Ancestry) -> bool:
        filters = (self.criteria.deployments, self.criteria.flows, self.criteria.work_queues)
        members = Members(self.table, self.criteria)
        return all(
            criterion.matches(ancestry) for criterion in filters if criterion
        ) and members.has_run(self._flow_runs(deployment.id))

    def _flow_runs(self, deployment_id: UUID) -> Iterator[FlowRunFacts]:
        pointers = in_partition(keys.deployment(deployment_id).pk, keys.under(keys.FLOW_RUN))
        for ids in chunks(map(items.pointed_to, self.table.query(Query(pointers))), MAX_KEYS):
            found = self.table.read_many([keys.flow_run(run_id) for run_id in ids])
            yield from map(flow_run_items.read_flow_run_facts, found.values())


def _ancestry(deployment: Deployment, flow: Flow | None) -> Ancestry:
    return Ancestry(
        flow=flow, deployment=deployment, deployment_flow=flow, flow_has_deployment=True
    )


def deployment_searcher(
    store: Store, criteria: Criteria, page: Page = ALL
) -> Searcher[Deployment, Deployment]:
    """Return the search for deployments."""
    return Searcher(
        store.table,
        store.index_shards.read,
        DEPLOYMENTS,
        DeploymentSelection(store.table, criteria),
        page,
    )
