"""POST /work_pools/{work_pool_name}/workers/heartbeat: record that a worker is alive."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.workers import WorkerHeartbeat
from runledger.service.work_pools import workers


@endpoint
def handler(request: Request) -> Response[None]:
    pool, body = request.path_text("work_pool_name"), request.parameters(WorkerHeartbeat)
    workers.heartbeat(wiring.store(), pool, lambda pool_id: body.to_worker(pool_id, request.now))
    return Response(status=HTTPStatus.NO_CONTENT)
