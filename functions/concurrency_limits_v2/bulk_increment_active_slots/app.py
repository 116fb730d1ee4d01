"""POST /v2/concurrency_limits/increment: take slots of limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import Increment, slot_response
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    body = request.parameters(Increment)
    slot_request = slots.SlotRequest(body.names, body.slots, body.mode)
    return Response(
        [
            slot_response(limit)
            for limit in slots.take(wiring.store(), slot_request, now=request.now)
        ]
    )
