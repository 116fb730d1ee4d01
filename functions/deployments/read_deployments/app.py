"""POST /deployments/filter: list matching deployments."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import ReadDeployments, deployment_criteria
from runledger.domain.deployments.deployments import Deployment
from runledger.service.search.deployments import DEPLOYMENTS


@endpoint
def handler(request: Request) -> Response[list[Deployment]]:
    body, store = request.parameters(ReadDeployments), wiring.store_for_search(request.now)
    found = DEPLOYMENTS.find(store, deployment_criteria(body), body.to_page())
    return Response(found.answer, log=found.log_fields())
