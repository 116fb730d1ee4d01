"""POST /work_pools/filter: list work pools; there are none."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadWorkPools


@endpoint
def handler(request: Request) -> Response[list[Any]]:
    request.parameters(ReadWorkPools)
    return Response([])
