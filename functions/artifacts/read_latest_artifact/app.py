"""GET /artifacts/{id_or_key}/latest: read the latest artifact of a key."""

from runledger import wiring
from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.domain.artifacts import Artifact
from runledger.service import artifacts


@endpoint
def handler(request: Request) -> Response[Artifact]:
    return Response(artifacts.read_latest(wiring.store(), request.path_text("id_or_key")))
