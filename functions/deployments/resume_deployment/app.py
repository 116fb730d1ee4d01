"""POST /deployments/{id}/resume_deployment: resume a deployment's schedules."""

from functools import partial

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.observability import warn_of_schedules
from runledger.adapters.requests import Request
from runledger.service.deployments import deployment_schedules


@partial(endpoint, versioned=False)
def handler(request: Request) -> Response[None]:
    # The reference ignores the body, so it need not be JSON.
    request.check_version()
    now = request.now
    resumed = deployment_schedules.pause(wiring.store(), request.id(), paused=False, now=now)
    if resumed.expects_schedules():
        warn_of_schedules(resumed.id)
    return Response()
