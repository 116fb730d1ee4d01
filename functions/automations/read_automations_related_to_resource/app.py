"""GET /automations/related-to/{resource_id}: list a resource's automations; there are none."""

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(request: Request) -> Response:
    request.path_text("resource_id")
    return Response([])
