"""POST /concurrency_limits/decrement: release a task run's slots of tags' limits."""

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
    limits = slots.end_leases_of(wiring.store(), body.names, body.task_run_id, now=request.now)
    return Response([MinimalConcurrencyLimitResponse.of(limit) for limit in limits])
