"""GET /block_schemas/checksum/{checksum}: read a schema of blocks by its checksum."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_schemas import SchemaVersion
from runledger.domain.blocks.block_schemas import BlockSchema
from runledger.service.blocks import block_schemas


@endpoint
def handler(request: Request) -> Response[BlockSchema]:
    checksum = request.path_text("checksum")
    wanted = request.query_parameters(SchemaVersion)
    return Response(block_schemas.read_by_checksum(wiring.store(), checksum, wanted.version))
