"""GET /work_queues/name/{name}: read a queue of the pool of old clients."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueResponse
from runledger.service.work_pools import old_queues


@endpoint
def handler(request: Request) -> Response[WorkQueueResponse]:
    name = request.path_text("name")
    return Response(
        WorkQueueResponse.of(old_queues.read_by_name(wiring.store(), name, now=request.now))
    )
