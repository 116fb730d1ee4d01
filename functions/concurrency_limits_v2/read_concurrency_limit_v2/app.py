"""GET /v2/concurrency_limits/{id_or_name}: read a limit."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import (
    id_or_name,
)
from runledger.domain.concurrency_limits import GlobalConcurrencyLimitResponse
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response[GlobalConcurrencyLimitResponse]:
    name = id_or_name(request.path_text("id_or_name"))
    limit = concurrency_limits.read(wiring.store(), name, now=request.now)
    return Response(GlobalConcurrencyLimitResponse.of(limit))
