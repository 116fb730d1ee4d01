"""GET /block_types/{id}: read a type of blocks."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.blocks.block_types import BlockType
from runledger.service.blocks import block_types


@endpoint
def handler(request: Request) -> Response[BlockType]:
    return Response(block_types.read(wiring.store(), request.id()))
