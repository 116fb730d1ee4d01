"""POST /v2/concurrency_limits/increment: take slots of limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import (
    Increment,
    MinimalConcurrencyLimitResponse,
)
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response[list[MinimalConcurrencyLimitResponse]]:
    body = request.parameters(Increment)
    slot_request = slots.SlotRequest(body.names, body.slots, body.mode)
    return Response(
        [
            MinimalConcurrencyLimitResponse.of(limit)
            for limit in slots.take(wiring.store(), slot_request, now=request.now)
        ]
    )
