"""GET /deployments/{id}: read a deployment."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployment_limits, deployments
from runledger.service.work_pools.deployment_polls import with_poll


@endpoint
def handler(request: Request) -> Response[Deployment]:
    store = wiring.store()
    found = deployments.read(store, request.id())
    (shown,) = deployment_limits.shown(
        store, [with_poll(store, found, request.now)], now=request.now
    )
    return Response(shown)
