"""POST /saved_searches/filter: list saved searches; there are none."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.api.ui import ReadSavedSearches


@endpoint
def handler(request: Request) -> Response[list[Any]]:
    request.parameters(ReadSavedSearches)
    return Response([])
