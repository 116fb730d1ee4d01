"""DELETE /artifacts/{id_or_key}: delete an artifact."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service import artifacts


@endpoint
def handler(request: Request) -> Response[None]:
    artifacts.delete(wiring.store(), request.id("id_or_key"))
    return Response(status=HTTPStatus.NO_CONTENT)
