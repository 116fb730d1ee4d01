"""GET /block_schemas/{id}: read a schema of blocks."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.blocks.block_schemas import BlockSchema
from runledger.service.blocks import block_schemas


@endpoint
def handler(request: Request) -> Response[BlockSchema]:
    return Response(block_schemas.read(wiring.store(), request.id()))
