"""The search for flows."""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple
from uuid import UUID

from runledger.domain import sorting
from runledger.domain.filters.ancestry import Ancestry
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.flows import Flow
from runledger.domain.sorting import ALL, Page
from runledger.store import items
from runledger.store.deployments import flow_items
from runledger.store.dynamodb.table import Table
from runledger.store.schema import keys
from runledger.store.search.ancestry import KnownFlow
from runledger.store.search.entities import EntityType, by_column
from runledger.store.search.executor import Searcher
from runledger.store.search.members import Members, test_each
from runledger.store.search.paths import flows as paths
from runledger.store.store import Store

FLOWS: EntityType[Flow, Flow] = EntityType(
    keys.FLOW,
    facts=flow_items.read_flow_facts,
    document=lambda item, _: items.read_document(Flow, item),
    rank=by_column(sorting.rank_flow),
    attributes=items.DOCUMENT_ATTRIBUTES,
    paths=paths.TO_FLOWS,
)


class FlowSelection(NamedTuple):
    """Filters flows by the criteria."""

    table: Table
    criteria: Criteria

    def choose(self, facts: Sequence[Flow]) -> Iterator[bool]:
        """Match each flow; read the deployments and the runs that the criteria filter by."""
        deployed = self._deployed(facts)
        ancestries = (
            Ancestry(flow=flow, deployment_flow=flow, flow_has_deployment=flow.id in deployed)
            for flow in facts
        )

        def is_match(flow: Flow, ancestry: Ancestry) -> bool:
            return (
                self._matches(ancestry) and self._has_deployment(ancestry) and self._has_run(flow)
            )

        criteria = self.criteria
        of_deployments = (criteria.deployments, criteria.work_queues)
        below = (*of_deployments, criteria.flow_runs, criteria.task_runs)
        reads_members = any(criterion is not None for criterion in below)
        return test_each(is_match, zip(facts, ancestries, strict=True), reads=reads_members)

    def _deployed(self, flows: Sequence[Flow]) -> AbstractSet[UUID]:
        """Return the flows that have deployments, if a filter needs it: their items count them."""
        if self.criteria.flows is None or self.criteria.flows.deployment is None:
            return frozenset()
        found = self.table.read_many([keys.flow(flow.id) for flow in flows])
        known = map(KnownFlow.read, found.values())
        return {flow.id for flow, has_deployment in known if flow and has_deployment}

    def _matches(self, ancestry: Ancestry) -> bool:
        return self.criteria.flows is None or self.criteria.flows.matches(ancestry)

    def _has_deployment(self, ancestry: Ancestry) -> bool:
        """Return whether a deployment of the flow matches the filters on deployments and queues."""
        given = (self.criteria.deployments, self.criteria.work_queues)
        wanted = [criterion for criterion in given if criterion is not None]
        if not wanted or ancestry.flow is None:
            return True
        deployments = Members(self.table, self.criteria).deployments(ancestry.flow.id)
        each = (ancestry._replace(deployment=deployment) for deployment in deployments)
        return any(all(criterion.matches(one) for criterion in wanted) for one in each)

    def _has_run(self, flow: Flow) -> bool:
        members = Members(self.table, self.criteria)
        return members.has_run(members.flow_runs(flow.id))


def flow_searcher(store: Store, criteria: Criteria, page: Page = ALL) -> Searcher[Flow, Flow]:
    """Return the search for flows."""
    return Searcher(
        store.table, store.index_shards.read, FLOWS, FlowSelection(store.table, criteria), page
    )
