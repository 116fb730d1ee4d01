"""POST /concurrency_limits/increment: take a slot of each tag's limit."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import (
    MinimalConcurrencyLimitResponse,
    TagSlots,
)
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response[list[MinimalConcurrencyLimitResponse]]:
    body = request.parameters(TagSlots)
    taken = slots.take_for_task_run(wiring.store(), body.names, body.task_run_id, now=request.now)
    return Response([MinimalConcurrencyLimitResponse.of(limit, limit.tag) for limit in taken])
