"""POST /deployments/filter: list the deployments that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import ReadDeployments, deployment_criteria
from runledger.service import deployment_searches


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(ReadDeployments)
    found = deployment_searches.search(wiring.store(), deployment_criteria(asked), asked.part())
    return Response(found.page, log=found.told())
