"""POST /v2/concurrency_limits/filter: list the limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import ReadLimits, shown
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(ReadLimits)
    found = concurrency_limits.read_all(
        wiring.store(), offset=asked.offset, limit=asked.limit, now=request.now
    )
    return Response([shown(limit) for limit in found])
