"""PATCH /block_documents/{id}: update the data of a block."""

from http import HTTPStatus

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import BlockDocumentUpdate
from runledger.service.blocks import block_documents


@endpoint
def handler(request: Request) -> Response[None]:
    document_id, body = request.id(), request.body(BlockDocumentUpdate)
    block_documents.change(
        wiring.store(), block_wiring.block_key(), document_id, body.changes(), now=request.now
    )
    return Response(status=HTTPStatus.NO_CONTENT)
