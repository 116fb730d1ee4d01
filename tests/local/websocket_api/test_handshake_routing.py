"""Handshakes that do not reach the WebSocket API."""

from pathlib import Path

import pytest

from local.cloudformation import template
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import Gateway, HttpResponse
from local.websocket_api import handshake_routing
from tests.local import sample


class NoTransport:
    """The transport of a handshake that opens no connection: nothing may use it."""

    def send(self, message: bytes) -> None:
        raise AssertionError(message)

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(code, reason)


def status(folder: Path, method: str, path: str, body: bytes = b"") -> int:
    gateway = Gateway(template.load(sample.write(folder), {}))
    answer = handshake_routing.rest_api_only(gateway)(
        HttpRequest(method, path, body=body), NoTransport()
    )
    assert isinstance(answer, HttpResponse)
    return answer.status


@pytest.mark.parametrize("path", ["/stage/unknown", "/stage//events/in", "/"])
def test_an_unknown_path_is_forbidden(tmp_path: Path, path: str) -> None:
    assert status(tmp_path, "GET", path) == 403


def test_a_function_that_fails_stays_a_502(tmp_path: Path) -> None:
    assert status(tmp_path, "POST", "/stage/anything", b"no JSON") == 502
