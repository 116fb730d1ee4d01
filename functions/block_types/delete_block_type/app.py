"""DELETE /block_types/{id}: delete a type of blocks with its schemas and documents."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.blocks import block_types


@endpoint
def handler(request: Request) -> Response[None]:
    block_types.delete(wiring.store(), request.id())
    return Response(status=HTTPStatus.NO_CONTENT)
