"""`@connections` of a WebSocketApi in this process, over HTTP for the functions' boto3."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse
from local.websocket_api import management
from local.websocket_api.gateway import WebSocketApi
from tests.support.servers import listening

NOT_FOUND = HttpResponse(status=404)


@dataclass
class Management:
    """One address for all tests, since boto3's clients are reused; the WebSocketApi changes."""

    address: str = ""
    websocket_api: WebSocketApi | None = None

    def answer(self, request: HttpRequest) -> HttpResponse:
        return (self.websocket_api and management.answer(self.websocket_api, request)) or NOT_FOUND


@contextmanager
def served() -> Iterator[Management]:
    served = Management()

    class ManagementHandler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            asked = HttpRequest(self.command, self.path, headers=self.headers.items(), body=body)
            answer = served.answer(asked)
            self.send_response(answer.status)
            for name, value in (*answer.headers, ("content-length", str(len(answer.body)))):
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(answer.body)

        do_DELETE = do_GET = do_POST = _answer  # noqa: N815 names that http.server calls

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), ManagementHandler)
    server.daemon_threads = True
    with listening(server) as port:
        served.address = f"127.0.0.1:{port}"
        yield served
