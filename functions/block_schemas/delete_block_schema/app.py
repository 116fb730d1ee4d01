"""DELETE /block_schemas/{id}: delete a schema of blocks with its documents."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.blocks import block_schemas


@endpoint
def handler(request: Request) -> Response[None]:
    block_schemas.delete(wiring.store(), request.id())
    return Response(status=HTTPStatus.NO_CONTENT)
