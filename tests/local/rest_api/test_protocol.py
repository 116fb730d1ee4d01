"""HTTP as clients speak it: in pieces, many requests at a time, and cut off."""

import gc
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from http.client import HTTPConnection

import pytest

from local.rest_api.events import HttpRequest
from local.rest_api.gateway import HttpResponse
from tests.local.rest_api.answering import LARGE, SECONDS, echo, post, received, responses, served


@pytest.mark.parametrize("size", [0, 10, LARGE])
@pytest.mark.parametrize("pieces", [1, 2, 7])
def test_a_request_in_pieces_is_answered_when_it_is_whole(size: int, pieces: int) -> None:
    body = b"x" * size
    request = post("/a", body)
    step = len(request) // pieces + 1
    with served(echo) as server, server.client() as client:
        for begin in range(0, len(request), step):
            client.sendall(request[begin : begin + step])
        ((status, answered),) = responses(client, "POST")
    assert (status, answered) == (200, f"POST /a {size}".encode() + body)


def test_a_response_has_the_headers_of_its_function_and_the_servers() -> None:
    with served(echo) as server:
        server.state.default_headers = [(b"date", b"today")]
        connection = HTTPConnection(server.address[0], server.address[1], timeout=SECONDS)
        connection.request("GET", "/a")
        response = connection.getresponse()
        assert response.read() == b"GET /a 0"
        connection.close()
    expected = {"x-of": "echo", "content-length": "8", "date": "today"}
    assert dict(response.getheaders()) == expected


def test_head_and_body_come_together() -> None:
    """Each write is a call of the system and, to the client, something to read."""
    with served(echo) as server, server.client() as client:
        client.sendall(post("/a", b"1"))
        came = client.recv(LARGE)
    assert came.startswith(b"HTTP/1.1 200 OK\r\n")
    assert came.endswith(b"\r\n\r\nPOST /a 11")


@pytest.mark.parametrize("size", [1, LARGE])
def test_requests_at_a_time_are_answered_in_their_order(size: int) -> None:
    waiting = threading.Event()

    def answer(request: HttpRequest) -> HttpResponse:
        # The first one takes longer than the others.
        waiting.wait(0.1 if request.raw_path == "/0" else 0)
        return echo(request)

    requests = [post(f"/{number}", b"x" * size) for number in range(5)]
    with served(answer) as server, server.client() as client:
        threading.Thread(target=client.sendall, args=(b"".join(requests),)).start()
        came = list(responses(client, *["POST"] * 5))
    bodies = [f"POST /{number} {size}".encode() + b"x" * size for number in range(5)]
    assert came == [(200, body) for body in bodies]


def test_a_client_that_reads_late_gets_all_responses() -> None:
    number, body = 40, b"x" * LARGE
    large = HttpResponse(200, [], body)
    with served(lambda _: large) as server, server.client() as client:
        client.sendall(post("/", b"") * number)
        threading.Event().wait(0.3)
        assert list(responses(client, *["POST"] * number)) == [(200, body)] * number


def test_requests_that_need_no_thread_are_answered_at_once_and_in_order() -> None:
    number, lines = 2_000, []
    at_once = HttpResponse(200, [], b"at once")
    with (
        served(echo, lambda _: at_once, log_access=lambda *line: lines.append(line)) as server,
        server.client() as client,
    ):
        threading.Thread(target=client.sendall, args=(post("/", b"") * number,)).start()
        assert list(responses(client, *["POST"] * number)) == [(200, b"at once")] * number
    assert lines == []


def test_who_waits_to_send_a_body_is_told_to() -> None:
    request = post("/", b"body", "Expect: 100-continue")
    with served(echo) as server, server.client() as client:
        client.sendall(request[:-4])
        assert client.recv(LARGE) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(request[-4:])
        assert list(responses(client, "POST")) == [(200, b"POST / 4body")]


@pytest.mark.parametrize(
    "request_text",
    ["GET / HTTP/1.0\r\n\r\n", "GET / HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n"],
)
def test_who_asks_once_is_closed_after_the_response(request_text: str) -> None:
    with served(echo) as server, server.client() as client:
        client.sendall(request_text.encode())
        with client.makefile("rb") as file:
            came = file.read()
    assert b"\r\nconnection: close\r\n" in came
    assert came.endswith(b"\r\n\r\nGET / 0")


def test_the_response_to_head_has_no_body_and_that_of_204_no_length() -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        return HttpResponse(204) if request.raw_path == "/none" else echo(request)

    with served(answer) as server, server.client() as client:
        client.sendall(b"HEAD / HTTP/1.1\r\n\r\nGET /none HTTP/1.1\r\n\r\nGET / HTTP/1.1\r\n\r\n")
        text = received(client, b"GET / 0")
    head, none, get = text.split(b"HTTP/1.1 ")[1:]
    assert (head[:6], head.endswith(b"content-length: 8\r\n\r\n")) == (b"200 OK", True)
    assert none == b"204 No Content\r\n\r\n"
    assert get.endswith(b"\r\n\r\nGET / 0")


@pytest.mark.parametrize(
    "failing",
    [
        HttpResponse(200, [("Location", "there\r\nSet-Cookie: a=b")]),
        HttpResponse(200, [("Bad Name", "value")]),
        HttpResponse(200, [("Name", "\u20ac")]),
        HttpResponse(1000),
        None,
    ],
)
@pytest.mark.parametrize("how", ["at once", "in a thread"])
def test_what_is_no_response_is_a_500_and_the_next_request_is_answered(
    failing: HttpResponse | None, how: str, capsys: pytest.CaptureFixture[str]
) -> None:
    def answer(request: HttpRequest) -> HttpResponse:
        if request.raw_path == "/fine":
            return echo(request)
        if failing is None:
            raise ZeroDivisionError
        return failing

    given = (echo, answer) if how == "at once" else (answer,)
    with served(*given) as server, server.client() as client:
        client.sendall(post("/", b"") + post("/fine", b""))
        came = list(responses(client, "POST", "POST"))
    assert came == [(500, b"Internal Server Error"), (200, b"POST /fine 0")]
    assert "Traceback" in capsys.readouterr().err


def test_a_request_is_a_task_until_its_response_and_one_line_of_the_log() -> None:
    asked, may_answer, logged = threading.Event(), threading.Event(), threading.Event()
    lines: list[tuple[str, str, int]] = []

    def answer(request: HttpRequest) -> HttpResponse:
        asked.set()
        may_answer.wait(SECONDS)
        return echo(request)

    def log_access(method: str, path: str, status: int, _: float) -> None:
        lines.append((method, path, status))
        logged.set()

    with served(answer, log_access=log_access) as server:
        with server.client() as client:
            client.sendall(post("/gone", b""))
            assert asked.wait(SECONDS)
            assert len(server.state.tasks) == 1
        # The client has left before the answer, which is dropped.
        may_answer.set()
        assert logged.wait(SECONDS)
        with server.client() as client:
            client.sendall(post("/next", b""))
            assert list(responses(client, "POST")) == [(200, b"POST /next 0")]
        assert not server.state.tasks
    assert lines[0] == ("POST", "/gone", 200)


def test_a_client_that_leaves_within_its_request_gets_no_answer() -> None:
    requests: list[HttpRequest] = []

    def answer(request: HttpRequest) -> HttpResponse:
        requests.append(request)
        return echo(request)

    with served(answer) as server:
        with server.client() as client:
            client.sendall(post("/cut", b"body")[:-1])
        with server.client() as client:
            client.sendall(post("/whole", b"body"))
            list(responses(client, "POST"))
    assert [request.raw_path for request in requests] == ["/whole"]


ENDS = {
    "after its response": (post("/", b""), 1),
    "within a request": (post("/", b"body")[:-1], 0),
    "without reading its responses": (post("/large", b"") * 40, 0),
    "without a request": (b"", 0),
}


@pytest.mark.parametrize("end", ENDS)
def test_a_connection_that_ended_needs_no_collector(end: str) -> None:
    """The local server lets it run seldom."""
    request, number = ENDS[end]

    def answer(request: HttpRequest) -> HttpResponse:
        large = HttpResponse(200, [], b"x" * LARGE)
        return large if request.raw_path == "/large" else echo(request)

    with served(answer) as server, collecting_nothing():
        with server.client() as client:
            client.sendall(request)
            list(responses(client, *["POST"] * number))
            threading.Event().wait(0.2)
            (connection,) = map(weakref.ref, list(server.state.connections))
        threading.Event().wait(0.2)
        assert not server.state.connections
        assert connection() is None


@contextmanager
def collecting_nothing() -> Iterator[None]:
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()
