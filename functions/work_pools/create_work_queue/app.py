"""POST /work_pools/{work_pool_name}/queues: add a queue to a work pool."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueCreate, WorkQueueResponse
from runledger.service.work_pools import queues


@endpoint
def handler(request: Request) -> Response[WorkQueueResponse]:
    pool, body = request.path_text("work_pool_name"), request.body(WorkQueueCreate)
    created = queues.create(wiring.store(), pool, body.to_queue(request.now), body.priority)
    return Response(WorkQueueResponse.of(created), HTTPStatus.CREATED)
