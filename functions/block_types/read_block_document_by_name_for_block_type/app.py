"""GET /block_types/slug/{slug}/block_documents/name/{block_document_name}: read a document."""

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import Including
from runledger.domain.access import Scope
from runledger.domain.blocks.block_documents import BlockDocument
from runledger.service.blocks import block_reads


@endpoint
def handler(request: Request) -> Response[BlockDocument]:
    slug, name = request.path_text("slug"), request.path_text("block_document_name")
    wanted = request.query_parameters(Including)
    if wanted.include_secrets:
        request.need(Scope.WRITE)
    found = block_reads.read_by_name(
        wiring.store(),
        block_wiring.block_key(),
        slug,
        name,
        include_secrets=wanted.include_secrets,
    )
    return Response(found)
