import http.client
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.rehearsal.steps.handshakes import remapped
from tests.support.servers import listening


@contextmanager
def echo() -> Iterator[int]:
    """A server that answers the headers and the body of a request."""

    class EchoHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            answer = str(self.headers).lower().encode() + body
            self.send_response(200)
            self.send_header("content-length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        do_GET = do_POST  # noqa: N815 a name that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), EchoHandler)
    server.daemon_threads = True
    with listening(server) as port:
        yield port


def test_a_handshake_arrives_as_a_request_with_its_header_renamed() -> None:
    asking = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    with echo() as behind, remapped(behind) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/api/events/in", headers=asking)
        heard = connection.getresponse().read().decode()
        connection.close()
    assert "x-amzn-remapped-upgrade: websocket" in heard
    assert "sec-websocket-version: 13" in heard
    assert "\nupgrade" not in heard
    assert "connection: close" in heard


def test_other_requests_pass_unchanged_on_one_connection() -> None:
    with echo() as behind, remapped(behind) as port:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        for size in (10, 300_000):
            connection.request("POST", "/api/flows/", body=b"x" * size)
            heard = connection.getresponse().read()
            assert heard.endswith(b"x" * size)
            assert b"remapped" not in heard
        connection.close()
