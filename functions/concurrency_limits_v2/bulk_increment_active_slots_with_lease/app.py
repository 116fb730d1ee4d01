"""POST /v2/concurrency_limits/increment-with-lease: take slots of limits under a lease."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import IncrementWithLease, slot_response
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    body = request.parameters(IncrementWithLease)
    slot_request = slots.SlotRequest(body.names, body.slots, body.mode)
    term = slots.Term(body.holder, body.lease_duration)
    grant = slots.take_on_lease(wiring.store(), slot_request, term, now=request.now)
    return Response(
        {"lease_id": grant.lease_id, "limits": [slot_response(limit) for limit in grant.limits]}
    )
