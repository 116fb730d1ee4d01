"""DELETE /work_queues/{id}: delete a work queue."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.work_pools import old_queues


@endpoint
def handler(request: Request) -> Response[None]:
    old_queues.delete(wiring.store(), request.id(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
