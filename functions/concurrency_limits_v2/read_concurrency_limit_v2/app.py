"""GET /v2/concurrency_limits/{id_or_name}: read a limit."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import id_or_name, limit_response
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response:
    limit = id_or_name(request.path_text("id_or_name"))
    return Response(limit_response(concurrency_limits.read(wiring.store(), limit, now=request.now)))
