"""POST /deployments/filter: list the deployments that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import ReadDeployments, deployment_criteria
from runledger.service.search.deployments import DEPLOYMENTS


@endpoint
def handler(request: Request) -> Response:
    asked, store = request.parameters(ReadDeployments), wiring.searchable(request.now)
    found = DEPLOYMENTS.find(store, deployment_criteria(asked), asked.part())
    return Response(found.answer, log=found.log_fields())
