"""POST /block_schemas/filter: list schemas of blocks."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_schemas import ReadBlockSchemas
from runledger.domain.blocks.block_schemas import BlockSchema
from runledger.service.blocks import block_schemas


@endpoint
def handler(request: Request) -> Response[list[BlockSchema]]:
    body = request.parameters(ReadBlockSchemas)
    store = wiring.store_for_search(request.now)
    return Response(
        block_schemas.find_page(store, body.block_schemas, offset=body.offset, limit=body.limit)
    )
