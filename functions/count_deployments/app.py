"""POST /deployments/count: count the deployments that are wanted."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.deployment_queries import CountDeployments, deployment_criteria
from runledger.service import deployment_searches


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(CountDeployments)
    return Response(deployment_searches.count(wiring.store(), deployment_criteria(asked)))
