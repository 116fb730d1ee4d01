"""GET /artifacts/{id_or_key}: read an artifact."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.artifacts import Artifact
from runledger.service import artifacts


@endpoint
def handler(request: Request) -> Response[Artifact]:
    return Response(artifacts.read(wiring.store(), request.id("id_or_key")))
