"""POST /v2/concurrency_limits/increment: take slots of limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import Increment, named
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(Increment)
    wanted = slots.SlotRequest(asked.names, asked.slots, asked.mode)
    return Response([named(one) for one in slots.take(wiring.store(), wanted, now=request.now)])
