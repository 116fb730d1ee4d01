"""GET /work_queues/{id}/status: show whether a queue is polled in time."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import WorkQueueStatusDetail
from runledger.service.work_pools import polls


@endpoint
def handler(request: Request) -> Response[WorkQueueStatusDetail]:
    late_runs, last_polled = polls.health(wiring.store(), request.id(), now=request.now)
    return Response(WorkQueueStatusDetail.of(late_runs, last_polled, request.now))
