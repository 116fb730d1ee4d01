"""POST /deployments/{id}/schedules: add schedules to a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.schedules import SchedulesCreate
from runledger.domain.deployments.schedules import Schedule
from runledger.service.deployments import coming_runs, deployment_schedules


@endpoint
def handler(request: Request) -> Response[tuple[Schedule, ...]]:
    schedules = request.body(SchedulesCreate).to_requests()
    store, now, deployment_id = wiring.store(), request.now, request.id()
    made = deployment_schedules.create(store, deployment_id, schedules, now=now)
    coming_runs.refresh(store, deployment_id, wiring.removal_deadline(now), now=now)
    return Response(made, HTTPStatus.CREATED)
