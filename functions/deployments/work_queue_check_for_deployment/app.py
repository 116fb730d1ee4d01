"""GET /deployments/{id}/work_queue_check: list the queues of old clients that take its runs."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.queues import CheckedWorkQueue
from runledger.service.deployments import work_queue_checks


@endpoint
def handler(request: Request) -> Response[list[CheckedWorkQueue]]:
    found = work_queue_checks.check(wiring.store(), request.id())
    return Response([CheckedWorkQueue.of(shown) for shown in found])
