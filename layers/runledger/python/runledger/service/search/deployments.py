"""The search for deployments, and their counts."""

from collections.abc import Iterator, Sequence
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.filters.criteria import Criteria
from runledger.domain.filters.fields import IdOrNot
from runledger.domain.filters.flows import FlowFilter
from runledger.service.search.search import Search
from runledger.service.search.totals import totals
from runledger.store.search.deployments import deployment_searcher
from runledger.store.search_result import SearchResult
from runledger.store.store import Store

DEPLOYMENTS = Search(deployment_searcher)


def count_deployments(store: Store, flow_ids: Sequence[UUID]) -> SearchResult[dict[UUID, int]]:
    """Return the number of deployments of each flow."""

    def counted(deployments: Iterator[Deployment]) -> dict[UUID, int]:
        return totals((deployment.flow_id for deployment in deployments), flow_ids)

    of_flows = FlowFilter(id=IdOrNot(any_=list(flow_ids)))
    return DEPLOYMENTS.aggregate(store, Criteria(flows=of_flows), counted)
