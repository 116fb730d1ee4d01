"""GET of a WebSocket's path: redirect to the WebSocket API, which has no paths."""

from functools import partial
from http import HTTPStatus
from urllib.parse import quote

from runledger.adapters.http import Response, endpoint
from runledger.adapters.requests import Request
from runledger.settings import settings


@partial(endpoint, authenticated=False, versioned=False)
def handler(request: Request) -> Response[None]:
    path = quote(request.event["resource"], safe="/")
    location = {"Location": f"{settings().websocket_url}?route={path}"}
    return Response(text="", status=HTTPStatus.TEMPORARY_REDIRECT, headers=location)
