"""POST /work_pools: create a work pool with its default queue."""

from http import HTTPStatus

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.pools import WorkPoolCreate, WorkPoolResponse
from runledger.service.work_pools import pools
from runledger.service.work_pools.job_variables import JobVariableChecks


@endpoint
def handler(request: Request) -> Response[WorkPoolResponse]:
    document = request.body(WorkPoolCreate).to_pool(request.now)
    store = wiring.store()
    created = pools.create(store, document, JobVariableChecks(store, block_wiring.block_key))
    shown = WorkPoolResponse.of(created, request.user_agent)
    return Response(shown, HTTPStatus.CREATED)
