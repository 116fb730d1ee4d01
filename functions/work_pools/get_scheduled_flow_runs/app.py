"""POST /work_pools/{work_pool_name}/get_scheduled_flow_runs: list runs that may start."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.workers import PollWorkPool, WorkerFlowRunResponse
from runledger.service.work_pools import polls


@endpoint
def handler(request: Request) -> Response[list[WorkerFlowRunResponse]]:
    name, body = request.path_text("work_pool_name"), request.parameters(PollWorkPool)
    found = polls.poll_pool(wiring.store(), name, body.to_poll(), now=request.now)
    now = wiring.now()
    return Response([WorkerFlowRunResponse.of(one, now) for one in found])
