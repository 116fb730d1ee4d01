"""POST /work_pools/{work_pool_name}/queues/filter: list the queues of a work pool."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import ReadQueuesOfPool, WorkQueueResponse
from runledger.service.work_pools import queues


@endpoint
def handler(request: Request) -> Response[list[WorkQueueResponse]]:
    pool, body = request.path_text("work_pool_name"), request.parameters(ReadQueuesOfPool)
    page = {"offset": body.offset, "limit": body.limit}
    found = queues.read_all(wiring.store(), pool, body.work_queues, **page, now=request.now)
    return Response([WorkQueueResponse.of(shown) for shown in found])
