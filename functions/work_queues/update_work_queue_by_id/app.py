"""PATCH /work_queues/{id}: update a work queue."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueUpdate
from runledger.service.work_pools import old_queues


@endpoint
def handler(request: Request) -> Response[None]:
    body = request.body(WorkQueueUpdate)
    old_queues.update(wiring.store(), request.id(), body.changes(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
