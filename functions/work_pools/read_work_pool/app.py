"""GET /work_pools/{work_pool_name}: read a work pool."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.pools import WorkPoolResponse
from runledger.service.work_pools import pools


@endpoint
def handler(request: Request) -> Response[WorkPoolResponse]:
    shown = pools.read(wiring.store(), request.path_text("work_pool_name"), now=request.now)
    return Response(WorkPoolResponse.of(shown, request.user_agent))
