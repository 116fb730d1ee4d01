"""POST /deployments/{id}/schedules: add schedules to a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.observability import warn_of_schedules
from runledger.adapters.requests import Request
from runledger.api.schedules import SchedulesCreate
from runledger.domain.deployments.schedules import Schedule
from runledger.service.deployments import deployment_schedules


@endpoint
def handler(request: Request) -> Response[tuple[Schedule, ...]]:
    schedules = request.body(SchedulesCreate).to_requests()
    made = deployment_schedules.create(wiring.store(), request.id(), schedules, now=request.now)
    if made.awaited():
        warn_of_schedules(made.deployment.id)
    return Response(made.schedules, HTTPStatus.CREATED)
