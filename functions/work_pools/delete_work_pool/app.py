"""DELETE /work_pools/{work_pool_name}: delete a work pool with its queues and workers."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.work_pools import pools


@endpoint
def handler(request: Request) -> Response[None]:
    pools.delete(wiring.store(), request.path_text("work_pool_name"))
    return Response(status=HTTPStatus.NO_CONTENT)
