"""GET /block_documents/{id}: read a block."""

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import Including
from runledger.domain.access import Scope
from runledger.domain.blocks.block_documents import BlockDocument
from runledger.service.blocks import block_reads


@endpoint
def handler(request: Request) -> Response[BlockDocument]:
    document_id, wanted = request.id(), request.query_parameters(Including)
    if wanted.include_secrets:
        request.need(Scope.WRITE)
    found = block_reads.read(
        wiring.store(),
        block_wiring.block_key(),
        document_id,
        include_secrets=wanted.include_secrets,
    )
    return Response(found)
