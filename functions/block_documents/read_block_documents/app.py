"""POST /block_documents/filter: list blocks."""

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import ReadBlockDocuments
from runledger.domain.access import Scope
from runledger.domain.blocks.block_documents import BlockDocument
from runledger.service.blocks import block_reads
from runledger.service.blocks.block_reads import BlockCriteria, BlockPage


@endpoint
def handler(request: Request) -> Response[list[BlockDocument]]:
    body = request.parameters(ReadBlockDocuments)
    if body.include_secrets:
        request.need(Scope.WRITE)
    found = block_reads.find_page(
        wiring.store_for_search(request.now),
        block_wiring.block_key(),
        BlockCriteria(body.block_documents, body.block_types, body.block_schemas),
        BlockPage(body.sort, body.offset, body.limit),
        include_secrets=body.include_secrets,
    )
    return Response(found)
