"""POST /concurrency_limits/filter: list tags' limits with the holders of their slots."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import ReadLimits, TagLimitResponse
from runledger.service.concurrency import tag_limits


@endpoint
def handler(request: Request) -> Response[list[TagLimitResponse]]:
    body = request.parameters(ReadLimits)
    found = tag_limits.read_all(
        wiring.store(), offset=body.offset, limit=body.limit, now=request.now
    )
    return Response([TagLimitResponse.of(limit, holders) for limit, holders in found])
