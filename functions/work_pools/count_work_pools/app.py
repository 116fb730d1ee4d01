"""POST /work_pools/count: count work pools."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.pools import CountWorkPools
from runledger.service.work_pools import pools


@endpoint
def handler(request: Request) -> Response[int]:
    body = request.parameters(CountWorkPools)
    return Response(pools.count(wiring.store(), body.work_pools))
