"""POST /v2/concurrency_limits/increment-with-lease: take slots of limits under a lease."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import (
    ConcurrencyLimitWithLeaseResponse,
    IncrementWithLease,
    MinimalConcurrencyLimitResponse,
)
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response[ConcurrencyLimitWithLeaseResponse]:
    body = request.parameters(IncrementWithLease)
    slot_request = slots.SlotRequest(body.names, body.slots, body.mode)
    term = slots.Term(body.holder, body.lease_duration)
    grant = slots.take_on_lease(wiring.store(), slot_request, term, now=request.now)
    limits = [MinimalConcurrencyLimitResponse.of(limit) for limit in grant.limits]
    return Response(ConcurrencyLimitWithLeaseResponse(lease_id=grant.lease_id, limits=limits))
