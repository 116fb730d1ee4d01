"""POST /block_documents: create a block."""

from http import HTTPStatus

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import BlockDocumentCreate
from runledger.domain.blocks.block_documents import BlockDocument
from runledger.service.blocks import block_documents
from runledger.service.blocks.block_documents import NewDocument


@endpoint
def handler(request: Request) -> Response[BlockDocument]:
    body = request.body(BlockDocumentCreate)
    new = NewDocument(
        body.name, body.data, body.block_schema_id, body.block_type_id, body.is_anonymous
    )
    created = block_documents.create(wiring.store(), block_wiring.block_key(), new, now=request.now)
    return Response(created, HTTPStatus.CREATED)
