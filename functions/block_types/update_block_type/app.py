"""PATCH /block_types/{id}: update a type of blocks."""

from http import HTTPStatus

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.blocks.block_types import BlockTypeUpdate
from runledger.service.blocks import block_types


@endpoint
def handler(request: Request) -> Response[None]:
    type_id, body = request.id(), request.body(BlockTypeUpdate)
    block_types.change(wiring.store(), type_id, body.changes(), now=request.now)
    return Response(status=HTTPStatus.NO_CONTENT)
