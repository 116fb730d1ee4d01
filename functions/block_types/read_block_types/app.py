"""POST /block_types/filter: list types of blocks."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_types import ReadBlockTypes
from runledger.domain.blocks.block_types import BlockType
from runledger.service.blocks import block_types


@endpoint
def handler(request: Request) -> Response[list[BlockType]]:
    body = request.parameters(ReadBlockTypes)
    store = wiring.store_for_search(request.now)
    return Response(
        block_types.find_page(
            store, body.block_types, body.block_schemas, offset=body.offset, limit=body.limit
        )
    )
