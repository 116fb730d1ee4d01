"""POST /v2/concurrency_limits/filter: list limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import ReadLimits, limit_response
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response:
    body = request.parameters(ReadLimits)
    found = concurrency_limits.read_all(
        wiring.store(), offset=body.offset, limit=body.limit, now=request.now
    )
    return Response([limit_response(limit) for limit in found])
