"""POST /concurrency_limits/decrement: release a task run's slots of tags' limits."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import TagSlots, slot_response
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    body = request.parameters(TagSlots)
    limits = slots.end_leases_of(wiring.store(), body.names, body.task_run_id, now=request.now)
    return Response([slot_response(limit) for limit in limits])
