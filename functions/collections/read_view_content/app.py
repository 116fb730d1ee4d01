"""GET /collections/views/{view}: describe the worker types that clients can make pools for."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.service import collections


@endpoint
def handler(request: Request) -> Response[dict[str, Any]]:
    return Response(collections.read_view(request.path_text("view")))
