"""POST /deployments/paginate: read a page of matching deployments, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import PaginateDeployments, deployment_criteria
from runledger.api.responses import Paginated
from runledger.domain.deployments.deployments import Deployment
from runledger.service.search.deployments import DEPLOYMENTS


@endpoint
def handler(request: Request) -> Response[Paginated[Deployment]]:
    body, store = request.parameters(PaginateDeployments), wiring.store_for_search(request.now)
    found = DEPLOYMENTS.paginate(store, deployment_criteria(body), body.to_page())
    page = Paginated.of(*found.answer, limit=body.limit, page=body.page)
    return Response(page, log=found.log_fields())
