"""DELETE /flows/{id}: delete a flow, its flow runs and their task runs."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.deployments import flows


@endpoint
def handler(request: Request) -> Response[None]:
    deadline = wiring.removal_deadline(request.now)
    flows.delete(wiring.store(), request.id(), deadline, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
