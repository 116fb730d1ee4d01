"""PATCH /deployments/{id}/schedules/{schedule_id}: update the sent fields of a schedule."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.observability import warn_of_schedules
from runledger.adapters.requests import Request
from runledger.api.schedules import ScheduleUpdate
from runledger.service.deployments import deployment_schedules


@endpoint
def handler(request: Request) -> Response[None]:
    schedule, schedule_id = request.body(ScheduleUpdate).to_request(), request.id("schedule_id")
    changed = deployment_schedules.update(
        wiring.store(), request.id(), schedule_id, schedule, now=request.now
    )
    if changed.awaited():
        warn_of_schedules(changed.deployment.id)
    return Response(status=HTTPStatus.NO_CONTENT)
