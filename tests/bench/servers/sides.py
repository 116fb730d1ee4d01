"""The two sides that are measured: handlers in this process, and servers over HTTP."""

import json
from collections.abc import Callable
from typing import Any, Protocol

import httpx

from local.cloudformation.template import Template
from local.functions import Functions
from local.rest_api.events import Event, HttpRequest, Target, proxy_event
from local.rest_api.routing import Resources
from tests.bench.questions import Call

Asking = Callable[[], Any]
PATIENCE = 120.0


class MeasuredSide(Protocol):
    def prepare(self, call: Call) -> Asking:
        """Do all but the asking, which answers with the body."""


class Handlers:
    """The Lambda handlers, given the events of API Gateway."""

    def __init__(self, template: Template) -> None:
        self._stage = template.stage
        self._resources = Resources(template.routes)
        self._functions = Functions(template)

    def prepare(self, call: Call) -> Asking:
        operation, event = self.event(call)

        def ask() -> Any:  # noqa: ANN401 whatever is answered
            answer = self._functions.call(operation, event)
            assert answer["statusCode"] < 300, answer
            return answer["body"]

        return ask

    def event(self, call: Call) -> tuple[str, Event]:
        """Return the operation that a call is routed to, and its event."""
        match = self._resources.match(call.method, call.path)
        assert match, call
        target = Target(self._stage, call.path, match.route.path, match.variables)
        request = HttpRequest(call.method, call.path, body=_content(call))
        return match.route.operation, proxy_event(request, target)


class MeasuredServer:
    """A server at a URL, over one connection that stays open."""

    def __init__(self, url: str) -> None:
        self.url = url
        self._client = httpx.Client(base_url=url, timeout=PATIENCE)

    def prepare(self, call: Call) -> Asking:
        headers = {"content-type": "application/json"}
        request = self._client.build_request(
            call.method, call.path.lstrip("/"), content=_content(call), headers=headers
        )

        def ask() -> Any:  # noqa: ANN401 as above
            answer = self._client.send(request)
            assert answer.is_success, answer.text
            return answer.content

        return ask


def ask(side: MeasuredSide, call: Call) -> Any:  # noqa: ANN401 JSON
    return json.loads(side.prepare(call)())


def _content(call: Call) -> bytes:
    return b"" if call.body is None else json.dumps(call.body).encode()
