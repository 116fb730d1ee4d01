"""POST /work_pools: create a work pool with its default queue."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.pools import WorkPoolCreate, WorkPoolResponse
from runledger.service.work_pools import pools


@endpoint
def handler(request: Request) -> Response[WorkPoolResponse]:
    document = request.body(WorkPoolCreate).to_pool(request.now)
    created = pools.create(wiring.store(), document)
    shown = WorkPoolResponse.of(created, request.user_agent)
    return Response(shown, HTTPStatus.CREATED)
