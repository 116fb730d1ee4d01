"""POST /block_documents/count: count blocks."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import BlockDocumentCriteria
from runledger.service.blocks import block_reads
from runledger.service.blocks.block_reads import BlockCriteria


@endpoint
def handler(request: Request) -> Response[int]:
    body = request.parameters(BlockDocumentCriteria)
    wanted = BlockCriteria(body.block_documents, body.block_types, body.block_schemas)
    return Response(block_reads.count(wiring.store_for_search(request.now), wanted))
