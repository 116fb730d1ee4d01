"""GET /block_capabilities: list the capabilities that blocks have."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.blocks import block_schemas


@endpoint
def handler(_: Request) -> Response[list[str]]:
    return Response(block_schemas.capabilities(wiring.store()))
