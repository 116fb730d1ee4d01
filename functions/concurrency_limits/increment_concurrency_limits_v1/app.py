"""POST /concurrency_limits/increment: take a slot of each tag's limit."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import TagSlots, named
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response:
    asked = request.parameters(TagSlots)
    taken = slots.take_for_task_run(wiring.store(), asked.names, asked.task_run_id, now=request.now)
    return Response([named(limit, limit.tag) for limit in taken])
