"""POST /concurrency_limits/filter: list the limits of tags, and who holds them."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import ReadLimits, TagLimitResponse
from runledger.service.concurrency import tag_limits


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(ReadLimits)
    found = tag_limits.read_all(
        wiring.store(), offset=asked.offset, limit=asked.limit, now=request.now
    )
    return Response([TagLimitResponse.of(limit, holders) for limit, holders in found])
