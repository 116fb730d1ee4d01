"""The gateway as an httpx transport: requests without a server."""

import httpx

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import Gateway


class GatewayTransport(httpx.BaseTransport):
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        response = self._gateway.answer(
            HttpRequest(
                method=request.method,
                raw_path=request.url.raw_path.partition(b"?")[0].decode("ascii"),
                query=request.url.query.decode("ascii"),
                headers=[
                    (name.decode("latin-1"), value.decode("latin-1"))
                    for name, value in request.headers.raw
                ],
                body=request.read(),
            )
        )
        return httpx.Response(
            response.status, headers=list(response.headers), content=response.body
        )
