"""POST /work_pools/filter: list work pools."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.pools import ReadWorkPools, WorkPoolResponse
from runledger.service.work_pools import pools


@endpoint
def handler(request: Request) -> Response[list[WorkPoolResponse]]:
    body, client = request.parameters(ReadWorkPools), request.user_agent
    found = pools.read_all(
        wiring.store(), body.work_pools, offset=body.offset, limit=body.limit, now=request.now
    )
    return Response([WorkPoolResponse.of(shown, client) for shown in found])
