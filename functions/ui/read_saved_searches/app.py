"""POST /saved_searches/filter: list saved searches; there are none."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadSavedSearches


@endpoint
def handler(request: Request) -> Response:
    request.parameters(ReadSavedSearches)
    return Response([])
