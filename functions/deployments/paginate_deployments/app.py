"""POST /deployments/paginate: list a page of the deployments that are wanted, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import PaginateDeployments, deployment_criteria
from runledger.api.responses import paginated
from runledger.service.search.deployments import DEPLOYMENTS


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(PaginateDeployments), wiring.searchable(request.now)
    found = DEPLOYMENTS.paginate(store, deployment_criteria(asked), asked.part())
    page = paginated(*found.answer, limit=asked.limit, page=asked.page)
    return Response(page, log=found.log_fields())
