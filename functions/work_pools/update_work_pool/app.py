"""PATCH /work_pools/{work_pool_name}: update a work pool."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.work_pools.pools import WorkPoolUpdate
from runledger.service.work_pools import pools


@endpoint
def handler(request: Request) -> Response[None]:
    name, body = request.path_text("work_pool_name"), request.body(WorkPoolUpdate)
    pools.update(wiring.store(), name, body.changes(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
