"""POST /deployments/paginate: read a page of matching deployments, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import PaginateDeployments
from runledger.api.responses import Paginated
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployment_limits
from runledger.service.search.deployments import DEPLOYMENTS
from runledger.service.search.work_pools import in_queues
from runledger.service.work_pools.deployment_polls import with_polls


@endpoint
def handler(request: Request) -> Response[Paginated[Deployment]]:
    body, store = request.parameters(PaginateDeployments), wiring.store_for_search(request.now)
    found = DEPLOYMENTS.paginate(
        store, in_queues(store, body.criteria(), body.pool_filters), body.to_page()
    )
    results, count = found.answer
    polled = with_polls(store, results, request.now)
    shown = deployment_limits.shown(store, polled, now=request.now)
    page = Paginated.of(shown, count, limit=body.limit, page=body.page)
    return Response(page, log=found.log_fields())
