"""GET /work_queues/{id}: read a work queue."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueResponse
from runledger.service.work_pools import old_queues


@endpoint
def handler(request: Request) -> Response[WorkQueueResponse]:
    shown = old_queues.read(wiring.store(), request.id(), now=request.now)
    return Response(WorkQueueResponse.of(shown))
