"""GET /deployments/{id}: read a deployment."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployments


@endpoint
def handler(request: Request) -> Response[Deployment]:
    return Response(deployments.read(wiring.store(), request.id()))
