"""POST /work_pools/{work_pool_name}/concurrency_status: show which runs hold slots of a pool."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.concurrency import ReadPoolConcurrency, WorkPoolConcurrencyStatus
from runledger.service.work_pools import slot_holders


@endpoint
def handler(request: Request) -> Response[WorkPoolConcurrencyStatus]:
    name, body = request.path_text("work_pool_name"), request.parameters(ReadPoolConcurrency)
    held = slot_holders.of_pool(
        wiring.store(), name, body.to_page(), runs_per_queue=body.flow_run_limit
    )
    return Response(WorkPoolConcurrencyStatus.of(held, body.to_page(), wiring.now()))
