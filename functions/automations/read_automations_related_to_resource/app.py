"""GET /automations/related-to/{resource_id}: list a resource's automations; there are none."""

from typing import Any

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(request: Request) -> Response[list[Any]]:
    request.path_text("resource_id")
    return Response([])
