"""POST /deployments/{id}/pause_deployment: let a deployment's schedules rest."""

from functools import partial

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import deployment_schedules


@partial(endpoint, versioned=False)
def handler(request: Request) -> Response:
    # Nobody reads a body here, so it may be no JSON.
    request.check_version()
    deployment_schedules.pause(wiring.store(), request.id(), paused=True, now=request.now)
    return Response()
