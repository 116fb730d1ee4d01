"""POST /deployments/paginate: list a page of the deployments that are wanted, and count all."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import PaginateDeployments, deployment_criteria
from runledger.api.responses import paginated
from runledger.service import deployment_searches


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(PaginateDeployments)
    store, wanted = wiring.store(), deployment_criteria(asked)
    found = deployment_searches.search(store, wanted, asked.part())
    count = deployment_searches.count(store, wanted)
    page = paginated(found.page, count, limit=asked.limit, page=asked.page)
    return Response(page, log=found.told())
