"""DELETE /admin/storage: set no block for results that name no other storage."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.blocks import default_storage


@endpoint
def handler(_: Request) -> Response[None]:
    default_storage.clear(wiring.store())
    return Response(status=HTTPStatus.NO_CONTENT)
