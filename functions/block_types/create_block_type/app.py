"""POST /block_types: create a type of blocks."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_types import BlockTypeCreate
from runledger.domain.blocks.block_types import BlockType
from runledger.service.blocks import block_types


@endpoint
def handler(request: Request) -> Response[BlockType]:
    block_type = request.body(BlockTypeCreate).to_block_type(request.now)
    return Response(block_types.create(wiring.store(), block_type), HTTPStatus.CREATED)
