"""DELETE /work_pools/{work_pool_name}/workers/{name}: delete a worker of a work pool."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.work_pools import workers


@endpoint
def handler(request: Request) -> Response[None]:
    pool, name = request.path_text("work_pool_name"), request.path_text("name")
    workers.delete(wiring.store(), pool, name)
    return Response(status=HTTPStatus.NO_CONTENT)
