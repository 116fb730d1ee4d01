"""GET /work_pools/{work_pool_name}/queues/{name}: read a queue of a work pool."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueResponse
from runledger.service.work_pools import queues


@endpoint
def handler(request: Request) -> Response[WorkQueueResponse]:
    pool, name = request.path_text("work_pool_name"), request.path_text("name")
    return Response(WorkQueueResponse.of(queues.read(wiring.store(), pool, name, now=request.now)))
