"""GET /deployments/{id}/schedules: list the schedules of a deployment."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import deployment_schedules


@endpoint
def handler(request: Request) -> Response:
    return Response(deployment_schedules.read(wiring.store(), request.id()))
