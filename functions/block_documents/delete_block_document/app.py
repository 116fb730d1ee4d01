"""DELETE /block_documents/{id}: delete a block."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.blocks import block_documents


@endpoint
def handler(request: Request) -> Response[None]:
    block_documents.delete(wiring.store(), request.id())
    return Response(status=HTTPStatus.NO_CONTENT)
