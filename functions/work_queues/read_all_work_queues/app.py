"""POST /work_queues/filter: list the queues of all work pools."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import ReadWorkQueues, WorkQueueResponse
from runledger.service.work_pools import old_queues


@endpoint
def handler(request: Request) -> Response[list[WorkQueueResponse]]:
    body = request.parameters(ReadWorkQueues)
    page = {"offset": body.offset, "limit": body.limit}
    found = old_queues.read_all(wiring.store(), body.work_queues, **page, now=request.now)
    return Response([WorkQueueResponse.of(shown) for shown in found])
