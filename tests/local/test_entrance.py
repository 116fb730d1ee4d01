"""How a handshake is answered that does not reach the WebSocket API."""

from pathlib import Path

import pytest

from local.cloudformation import template
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import Gateway, HttpResponse
from local.websocket_api import handshake_routing
from tests.local import sample


class Waiting:
    """A client whose handshake is not answered yet: nothing can be said to it."""

    def send(self, message: bytes) -> None:
        raise AssertionError(message)

    def close(self, code: int, reason: str) -> None:
        raise AssertionError(code, reason)


def refused(folder: Path, method: str, path: str, body: bytes = b"") -> int:
    gateway = Gateway(template.load(sample.write(folder), {}))
    answer = handshake_routing.rest_api_only(gateway)(
        HttpRequest(method, path, body=body), Waiting()
    )
    assert isinstance(answer, HttpResponse)
    return answer.status


@pytest.mark.parametrize("path", ["/stage/unknown", "/stage//events/in", "/"])
def test_a_path_that_is_none_is_forbidden(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path, "GET", path) == 403


def test_a_function_that_fails_is_no_fault_of_the_url(tmp_path: Path) -> None:
    assert refused(tmp_path, "POST", "/stage/anything", b"no JSON") == 502
