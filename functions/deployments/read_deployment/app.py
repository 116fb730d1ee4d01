"""GET /deployments/{id}: read a deployment."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployments
from runledger.service.work_pools.deployment_polls import with_poll


@endpoint
def handler(request: Request) -> Response[Deployment]:
    found = deployments.read(wiring.store(), request.id())
    return Response(with_poll(wiring.store(), found, request.now))
