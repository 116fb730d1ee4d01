"""POST /artifacts/filter: list artifacts; there are none."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadArtifacts


@endpoint
def handler(request: Request) -> Response:
    request.parameters(ReadArtifacts)
    return Response([])
