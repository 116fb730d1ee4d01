"""GET /deployments/{id}/schedules: list the schedules of a deployment."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.deployments.schedules import Schedule
from runledger.service.deployments import deployment_schedules


@endpoint
def handler(request: Request) -> Response[tuple[Schedule, ...]]:
    return Response(deployment_schedules.read(wiring.store(), request.id()))
