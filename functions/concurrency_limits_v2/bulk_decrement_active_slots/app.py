"""POST /v2/concurrency_limits/decrement: give back slots of limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import Decrement, named
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(Decrement)
    limits = slots.give_back(
        wiring.store(), asked.names, asked.slots, asked.occupancy_seconds, now=request.now
    )
    return Response([named(limit) for limit in limits])
