"""POST /work_queues/{id}/concurrency_status: show which runs hold slots of a queue."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.concurrency import ReadQueueConcurrency, WorkQueueConcurrencyStatus
from runledger.service.work_pools import slot_holders


@endpoint
def handler(request: Request) -> Response[WorkQueueConcurrencyStatus]:
    body = request.parameters(ReadQueueConcurrency)
    held = slot_holders.of_queue(wiring.store(), request.id(), body.to_page())
    return Response(WorkQueueConcurrencyStatus.of(held, body.to_page(), wiring.now()))
