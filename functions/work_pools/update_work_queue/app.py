"""PATCH /work_pools/{work_pool_name}/queues/{name}: update a queue of a work pool."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueUpdate
from runledger.service.work_pools import queues


@endpoint
def handler(request: Request) -> Response[None]:
    pool, name = request.path_text("work_pool_name"), request.path_text("name")
    body = request.body(WorkQueueUpdate)
    queues.update(wiring.store(), pool, name, body.changes(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
