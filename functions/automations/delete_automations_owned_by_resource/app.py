"""DELETE /automations/owned-by/{resource_id}: delete a resource's automations; there are none."""

from http import HTTPStatus

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request


@endpoint
def handler(request: Request) -> Response[None]:
    request.path_text("resource_id")
    return Response(status=HTTPStatus.ACCEPTED)
