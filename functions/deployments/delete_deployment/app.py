"""DELETE /deployments/{id}: delete a deployment and its runs that never began."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import deployment_deletion


@endpoint
def handler(request: Request) -> Response[None]:
    deadline = wiring.removal_deadline(request.now)
    deployment_deletion.delete(wiring.store(), request.id(), deadline, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
