"""POST /work_queues: create a queue in the pool of old clients."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueCreate, WorkQueueResponse
from runledger.service.work_pools import old_queues


@endpoint
def handler(request: Request) -> Response[WorkQueueResponse]:
    body, now = request.body(WorkQueueCreate), request.now
    created = old_queues.create(wiring.store(), body.to_queue(now), body.priority, now=now)
    return Response(WorkQueueResponse.of(created), HTTPStatus.CREATED)
