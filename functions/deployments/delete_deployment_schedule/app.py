"""DELETE /deployments/{id}/schedules/{schedule_id}: delete a schedule of a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import coming_runs, deployment_schedules


@endpoint
def handler(request: Request) -> Response[None]:
    store, now, deployment_id = wiring.store(), request.now, request.id()
    deployment_schedules.delete(store, deployment_id, request.id("schedule_id"), now=now)
    coming_runs.refresh(store, deployment_id, wiring.removal_deadline(now), now=now)
    return Response(status=HTTPStatus.NO_CONTENT)
