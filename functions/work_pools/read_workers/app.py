"""POST /work_pools/{work_pool_name}/workers/filter: list the workers of a work pool."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.workers import ReadWorkers, WorkerResponse
from runledger.service.work_pools import workers


@endpoint
def handler(request: Request) -> Response[list[WorkerResponse]]:
    pool, body = request.path_text("work_pool_name"), request.parameters(ReadWorkers)
    page = {"offset": body.offset, "limit": body.limit}
    found = workers.read_all(wiring.store(), pool, body.workers, **page, now=request.now)
    return Response([WorkerResponse.of(shown) for shown in found])
