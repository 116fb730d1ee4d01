"""POST /v2/concurrency_limits/leases/{lease_id}/renew: extend a lease."""

from http import HTTPStatus
from uuid import UUID

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import Renewal
from runledger.service.concurrency import slots


@endpoint
def handler(request: Request) -> Response[None]:
    lease_id, body = request.path_value("lease_id", UUID), request.parameters(Renewal)
    slots.renew(wiring.store(), lease_id, body.lease_duration, now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
