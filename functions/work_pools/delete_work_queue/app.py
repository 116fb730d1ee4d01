"""DELETE /work_pools/{work_pool_name}/queues/{name}: delete a queue of a work pool."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.work_pools import queues


@endpoint
def handler(request: Request) -> Response[None]:
    pool, name = request.path_text("work_pool_name"), request.path_text("name")
    queues.delete(wiring.store(), pool, name, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
