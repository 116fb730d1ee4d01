"""DELETE /admin/keys/{id}: revoke a key; it ends within a minute."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service import api_keys


@endpoint
def handler(request: Request) -> Response[None]:
    api_keys.revoke(wiring.store(), request.id(), request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
