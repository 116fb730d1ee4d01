"""PATCH /deployments/{id}/schedules/{schedule_id}: update the sent fields of a schedule."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.schedules import ScheduleUpdate
from runledger.service.deployments import coming_runs, deployment_schedules


@endpoint
def handler(request: Request) -> Response[None]:
    schedule, schedule_id = request.body(ScheduleUpdate).to_request(), request.id("schedule_id")
    store, now, deployment_id = wiring.store(), request.now, request.id()
    deployment_schedules.update(store, deployment_id, schedule_id, schedule, now=now)
    coming_runs.refresh(store, deployment_id, wiring.removal_deadline(now), now=now)
    return Response(status=HTTPStatus.NO_CONTENT)
