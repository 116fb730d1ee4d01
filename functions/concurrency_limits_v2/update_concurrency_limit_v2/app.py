"""PATCH /v2/concurrency_limits/{id_or_name}: update a limit."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.concurrency_limits import LimitUpdate, id_or_name
from runledger.service.concurrency import concurrency_limits


@endpoint
def handler(request: Request) -> Response[None]:
    limit, body = id_or_name(request.path_text("id_or_name")), request.body(LimitUpdate)
    concurrency_limits.change(wiring.store(), limit, body.changes(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
