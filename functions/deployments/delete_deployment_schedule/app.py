"""DELETE /deployments/{id}/schedules/{schedule_id}: delete a schedule of a deployment."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import deployment_schedules


@endpoint
def handler(request: Request) -> Response[None]:
    deployment_schedules.delete(wiring.store(), request.id(), request.id("schedule_id"))
    return Response(status=HTTPStatus.NO_CONTENT)
