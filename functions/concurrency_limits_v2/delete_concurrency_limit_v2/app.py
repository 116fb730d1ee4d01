"""DELETE /v2/concurrency_limits/{id_or_name}: delete a limit."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import id_or_name
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response[None]:
    concurrency_limits.delete(wiring.store(), id_or_name(request.path_text("id_or_name")))
    return Response(status=HTTPStatus.NO_CONTENT)
