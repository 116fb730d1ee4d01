"""POST /artifacts/filter: list artifacts; there are none."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadArtifacts


@endpoint
def handler(request: Request) -> Response[list[Any]]:
    request.parameters(ReadArtifacts)
    return Response([])
