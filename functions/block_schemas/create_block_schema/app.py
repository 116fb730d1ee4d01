"""POST /block_schemas: create a schema of blocks, or return the one of its checksum and version."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_schemas import BlockSchemaCreate
from runledger.domain.blocks.block_schemas import BlockSchema
from runledger.service.blocks import block_schemas
from runledger.service.blocks.block_schemas import NewSchema


@endpoint
def handler(request: Request) -> Response[BlockSchema]:
    body = request.body(BlockSchemaCreate)
    new = NewSchema(body.fields, body.block_type_id, body.capabilities, body.version)
    schema, is_new = block_schemas.create(wiring.store(), new, now=request.now)
    return Response(schema, HTTPStatus.CREATED if is_new else HTTPStatus.OK)
