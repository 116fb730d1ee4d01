"""POST /block_types/install_system_block_types: create the protected types that are missing."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service.blocks import system_types


@endpoint
def handler(request: Request) -> Response[None]:
    system_types.install(wiring.store(), now=request.now)
    return Response(None)
