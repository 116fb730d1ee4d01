"""GET /block_types/slug/{slug}/block_documents: list the documents of a type of blocks."""

from runledger import block_wiring, wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_documents import Including
from runledger.domain.access import Scope
from runledger.domain.blocks.block_documents import BlockDocument
from runledger.service.blocks import block_reads


@endpoint
def handler(request: Request) -> Response[list[BlockDocument]]:
    slug, wanted = request.path_text("slug"), request.query_parameters(Including)
    if wanted.include_secrets:
        request.need(Scope.WRITE)
    found = block_reads.read_of_type(
        wiring.store_for_search(request.now),
        block_wiring.block_key(),
        slug,
        include_secrets=wanted.include_secrets,
    )
    return Response(found)
