"""GET /block_types/slug/{slug}: read a type of blocks by its slug."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.blocks.block_types import BlockType
from runledger.service.blocks import block_types


@endpoint
def handler(request: Request) -> Response[BlockType]:
    return Response(block_types.read_by_slug(wiring.store(), request.path_text("slug")))
