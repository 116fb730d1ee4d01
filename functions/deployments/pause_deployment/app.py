"""POST /deployments/{id}/pause_deployment: pause a deployment's schedules."""

from functools import partial

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import deployment_schedules


@partial(endpoint, versioned=False)
def handler(request: Request) -> Response[None]:
    # The reference ignores the body, so it need not be JSON.
    request.check_version()
    deployment_schedules.pause(wiring.store(), request.id(), paused=True, now=request.now)
    return Response()
