"""POST /v2/concurrency_limits/filter: list limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import (
    ReadLimits,
)
from runledger.domain.concurrency_limits import GlobalConcurrencyLimitResponse
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response[list[GlobalConcurrencyLimitResponse]]:
    body = request.parameters(ReadLimits)
    found = concurrency_limits.read_all(
        wiring.store(), offset=body.offset, limit=body.limit, now=request.now
    )
    return Response([GlobalConcurrencyLimitResponse.of(limit) for limit in found])
