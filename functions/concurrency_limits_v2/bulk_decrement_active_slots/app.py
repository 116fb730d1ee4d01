"""POST /v2/concurrency_limits/decrement: release slots of limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import (
    Decrement,
    MinimalConcurrencyLimitResponse,
)
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response[list[MinimalConcurrencyLimitResponse]]:
    body = request.parameters(Decrement)
    limits = slots.give_back(
        wiring.store(), body.names, body.slots, body.occupancy_seconds, now=request.now
    )
    return Response([MinimalConcurrencyLimitResponse.of(limit) for limit in limits])
