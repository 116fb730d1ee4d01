"""POST /v2/concurrency_limits: create a limit."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import LimitCreate
from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response[ConcurrencyLimit]:
    limit = request.body(LimitCreate).to_limit(request.now)
    return Response(concurrency_limits.create(wiring.store(), limit), HTTPStatus.CREATED)
