"""How a handshake is answered that does not reach the WebSocket API."""

from pathlib import Path

import pytest

from local import entrance, template
from local.events import Request
from local.gateway import Answer, Gateway
from tests.local import sample


async def unheard(*_: object) -> None:
    """The end of a connection that never begins."""


def refused(folder: Path, method: str, path: str, body: bytes = b"") -> int:
    gateway = Gateway(template.load(sample.write(folder), {}))
    answer = entrance.rest(gateway)(Request(method, path, body=body), unheard)  # type: ignore[arg-type]
    assert isinstance(answer, Answer)
    return answer.status


@pytest.mark.parametrize("path", ["/stage/unknown", "/stage//events/in", "/"])
def test_a_path_that_is_none_is_forbidden(tmp_path: Path, path: str) -> None:
    assert refused(tmp_path, "GET", path) == 403


def test_a_function_that_fails_is_no_fault_of_the_url(tmp_path: Path) -> None:
    assert refused(tmp_path, "POST", "/stage/anything", b"no JSON") == 502
