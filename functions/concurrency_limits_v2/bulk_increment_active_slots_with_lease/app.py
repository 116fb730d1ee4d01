"""POST /v2/concurrency_limits/increment-with-lease: take slots of limits until a lease ends."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import IncrementWithLease, named
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(IncrementWithLease)
    wanted = slots.SlotRequest(asked.names, asked.slots, asked.mode)
    term = slots.Term(asked.holder, asked.lease_duration)
    grant = slots.take_on_lease(wiring.store(), wanted, term, now=request.now)
    return Response({"lease_id": grant.lease_id, "limits": [named(one) for one in grant.limits]})
