"""POST /work_pools/filter: list work pools; there are none."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadWorkPools


@endpoint
def handler(request: Request) -> Response:
    request.parameters(ReadWorkPools)
    return Response([])
