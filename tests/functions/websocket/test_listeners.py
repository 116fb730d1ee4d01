"""/events/out and /logs/out: what ends a conversation before anything is told."""

import pytest

from local.websocket_api.client import Connector, WebSocketClient

# fmt: off
CLOSED = {
    "no JSON":         ("filter",                             (1006, "")),
    "no type":         ('{"filter":{}}',                      (1006, "")),
    "another message": ('{"type":"auth"}',                    (1002, "Expected 'filter' message")),
    "no filter":       ('{"type":"filter"}',                  (1002, "Invalid filter: 'filter'")),
    "unknown key":     ('{"type":"filter","filter":{"x":1}}', (1002, "Invalid filter")),
}
# fmt: on


def connect(sockets: Connector, path: str) -> WebSocketClient:
    socket = sockets.connect(path, subprotocols=["prefect"])
    socket.send('{"type":"auth","token":null}')
    assert socket.received() == ['{"type":"auth_success"}']
    return socket


@pytest.mark.parametrize("path", ["/api/events/out", "/api/logs/out"])
@pytest.mark.parametrize(("message", "end"), CLOSED.values(), ids=CLOSED)
def test_who_asks_for_nothing_that_is_understood_is_cut_off(
    sockets: Connector, path: str, message: str, end: tuple[int, str]
) -> None:
    socket = connect(sockets, path)
    socket.send(message)
    assert socket.closed == end
