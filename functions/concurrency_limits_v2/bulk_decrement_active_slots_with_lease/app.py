"""POST /v2/concurrency_limits/decrement-with-lease: release a lease's slots."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import DecrementWithLease
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response[None]:
    body = request.parameters(DecrementWithLease)
    slots.end_lease(wiring.store(), body.lease_id, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
