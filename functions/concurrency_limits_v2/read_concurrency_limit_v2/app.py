"""GET /v2/concurrency_limits/{id_or_name}: read a limit."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import id_or_name, shown
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response:
    wanted = id_or_name(request.path_text("id_or_name"))
    return Response(shown(concurrency_limits.read(wiring.store(), wanted, now=request.now)))
