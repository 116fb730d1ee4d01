"""Where a WebSocket handshake goes: to the WebSocket API, to it by a redirect, or nowhere."""

from dataclasses import replace
from http import HTTPStatus

from local.events import Request
from local.gateway import Answer, Gateway
from local.hub import End, Hub, Opened, Refused


class Entrance:
    """Asks the REST API about paths that are not the WebSocket API's own.

    A redirect to the WebSocket API is followed here, as CloudFront does it at AWS, unless the
    client shall follow it.
    """

    def __init__(self, gateway: Gateway, hub: Hub, url: str, *, follows: bool = True) -> None:
        self.hub = hub
        self._gateway = gateway
        self._url = url
        self._follows = follows

    def open(self, request: Request, end: End) -> Opened | Answer:
        """The connection, or the answer that refuses it."""
        if request.raw_path.rstrip("/") == self.hub.api.path:
            return self._connect(request, end)
        answer = self._gateway.answer(request)
        url, _, query = _location(answer).partition("?")
        if answer.status == HTTPStatus.TEMPORARY_REDIRECT and url == self._url and self._follows:
            return self._connect(replace(request, raw_path=self.hub.api.path, query=query), end)
        return answer

    def _connect(self, request: Request, end: End) -> Opened | Answer:
        try:
            return self.hub.connect(request, end)
        except Refused as refusal:
            return Answer(refusal.status)


def _location(answer: Answer) -> str:
    return next((value for name, value in answer.headers if name.lower() == "location"), "")
