"""GET /deployments/name/{flow_name}/{deployment_name}: read a deployment."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.deployments.deployments import Deployment
from runledger.service.deployments import deployment_limits, deployments
from runledger.service.work_pools.deployment_polls import with_poll


@endpoint
def handler(request: Request) -> Response[Deployment]:
    flow_name, name = request.path_text("flow_name"), request.path_text("deployment_name")
    store = wiring.store()
    found = deployments.read_by_name(store, flow_name, name)
    (shown,) = deployment_limits.shown(
        store, [with_poll(store, found, request.now)], now=request.now
    )
    return Response(shown)
