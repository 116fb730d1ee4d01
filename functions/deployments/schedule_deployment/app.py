"""POST /deployments/{id}/schedule: create coming runs of a deployment's schedules."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.schedules import ScheduleDeployment
from runledger.service.deployments import coming_runs


@endpoint
def handler(request: Request) -> Response[None]:
    body, now = request.parameters(ScheduleDeployment), request.now
    start, deadline = body.start_time or now, wiring.removal_deadline(now)
    store = wiring.store().with_deadline(deadline)
    coming_runs.schedule(store, request.id(), body.bounds(now), start=start, now=now)
    return Response()
