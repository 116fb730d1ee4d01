"""POST /concurrency_limits/decrement: give back what a task run holds of tags' limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import TagSlots, named
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(TagSlots)
    limits = slots.end_leases_of(wiring.store(), asked.names, asked.task_run_id, now=request.now)
    return Response([named(limit) for limit in limits])
