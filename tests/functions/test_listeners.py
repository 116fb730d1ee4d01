"""/events/out and /logs/out: what ends a conversation before anything is told."""

import pytest

from local.socket_client import SocketClient, Sockets

# fmt: off
CLOSED = {
    "no JSON":         ("filter",                              1006),
    "another message": ('{"type":"auth"}',                     1002),
    "no filter":       ('{"type":"filter"}',                   1002),
    "unknown key":     ('{"type":"filter","filter":{"x":1}}',  1002),
}
# fmt: on


def connect(sockets: Sockets, path: str) -> SocketClient:
    socket = sockets.connect(path, subprotocols=["prefect"])
    socket.send('{"type":"auth","token":null}')
    assert socket.received() == ['{"type":"auth_success"}']
    return socket


@pytest.mark.parametrize("path", ["/api/events/out", "/api/logs/out"])
@pytest.mark.parametrize(("message", "code"), CLOSED.values(), ids=CLOSED)
def test_who_asks_for_nothing_that_is_understood_is_cut_off(
    sockets: Sockets, path: str, message: str, code: int
) -> None:
    socket = connect(sockets, path)
    socket.send(message)
    assert socket.closed
    assert socket.closed[0] == code
