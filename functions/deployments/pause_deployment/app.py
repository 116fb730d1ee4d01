"""POST /deployments/{id}/pause_deployment: pause a deployment's schedules."""

from functools import partial

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import coming_runs, deployment_schedules


@partial(endpoint, versioned=False)
def handler(request: Request) -> Response[None]:
    # The reference ignores the body, so it need not be JSON.
    request.check_version()
    store, now = wiring.store(), request.now
    paused = deployment_schedules.pause(store, request.id(), paused=True, now=now)
    if paused.schedules:
        coming_runs.refresh(store, paused.id, wiring.removal_deadline(now), now=now)
    return Response()
