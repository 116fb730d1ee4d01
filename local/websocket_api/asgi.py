"""The local server's WebSockets: client frames become messages, functions' posts become frames."""

import asyncio
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local import console
from local.rest_api.answers import LogAccess
from local.rest_api.events import HttpRequest, path_of
from local.rest_api.gateway import HttpResponse
from local.websocket_api.gateway import (
    AcceptedHandshake,
    ConnectionGone,
    OpenConnection,
    SendBufferFull,
    WebSocketApi,
)
from local.websocket_api.handshake_routing import HandshakeRouter
from local.websocket_api.protocol import CLOSE_BUT_RECEIVE
from local.websocket_api.waiting_messages import WaitingMessages

MAX_CALLS_PER_CONNECTION = 8  # messages of one connection that functions handle at the same time
MAX_THREADS = 40
MAX_UNREAD = 1024 * 1024  # bytes that wait for one client
# Bytes of a client's frame. API Gateway closes with 1009 above that; Prefect's clients send each
# message in one frame.
MAX_FRAME_ON_AWS = 32 * 1024
SERVICE_RESTART = 1012, "Service restart"
# The same close as that of the function which ends clients that send no valid credentials.
NO_CREDENTIALS = 1011, "No credentials within {:g} seconds"
CLOSES = {"websocket.close", CLOSE_BUT_RECEIVE}
# DROP sends nothing: uvicorn ends the connection when the ASGI application returns.
DROPPED, DROP = 1006, "dropped"
SECONDS_TO_CLOSE = 2.0
SECONDS_TO_HANDLE = 30.0  # the messages that wait by then, as long as any are handled
SWITCHING_PROTOCOLS = 101

Result = TypeVar("Result")


class Dropped(Exception):  # noqa: N818 an end, not an error
    """The connection ends without a closing handshake."""


class SendQueue:
    """Messages that wait to be sent to a client. Functions post from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[Message, int]] = asyncio.Queue()
        self._unsent_bytes = 0
        self._is_closing = False

    def send(self, message: bytes) -> None:
        if self._is_closing:
            raise ConnectionGone
        if self._unsent_bytes + len(message) > MAX_UNREAD:
            raise SendBufferFull
        self._loop.call_soon_threadsafe(self._put, message)

    def accept(self, subprotocol: str | None) -> None:
        self._queue.put_nowait(({"type": "websocket.accept", "subprotocol": subprotocol}, 0))

    def close(self, code: int, reason: str) -> None:
        self._is_closing = True
        kind = DROP if code == DROPPED else "websocket.close"
        frame = {"type": kind, "code": code, "reason": reason}
        self._loop.call_soon_threadsafe(self._queue.put_nowait, (frame, 0))

    def close_for_restart(self) -> None:
        """Close with 1012, and receive the client's messages until it answers the close frame."""
        self._is_closing = True
        code, reason = SERVICE_RESTART
        self._queue.put_nowait(({"type": CLOSE_BUT_RECEIVE, "code": code, "reason": reason}, 0))

    async def deliver(self, send: Send) -> None:
        """Send the messages, until one closes the connection."""
        with suppress(OSError):
            kind = ""
            while kind not in CLOSES:
                frame, size = await self._next()
                await send(frame)
                self._unsent_bytes -= size
                kind = frame["type"]

    async def _next(self) -> tuple[Message, int]:
        frame, size = await self._queue.get()
        if frame["type"] == DROP:
            raise Dropped
        return frame, size

    def _put(self, message: bytes) -> None:
        self._unsent_bytes += len(message)
        self._queue.put_nowait((_frame(message), len(message)))


class WebSocketServer:
    """Serves WebSockets over ASGI, and closes them all when the server stops."""

    def __init__(
        self,
        websocket_api: WebSocketApi,
        seconds_to_first_message: float | None = None,
        log_access: LogAccess = console.access,
    ) -> None:
        """Close clients that send no message within this time after their handshake.

        A refused handshake is always logged: without that line, only the client knows why.
        """
        self._log_access = log_access
        self._websocket_api = websocket_api
        self._seconds_to_first_message = seconds_to_first_message
        self._threads = ThreadPoolExecutor(MAX_THREADS, "websocket")
        self._tasks: set[asyncio.Task[None]] = set()
        self._send_queues: set[SendQueue] = set()
        self._handled = 0
        self._is_stopping = False

    def app(self, route_handshake: HandshakeRouter) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            if self._is_stopping:
                await _accept_and_close(send)
                return
            task = asyncio.create_task(
                self._serve(route_handshake, _handshake(scope), receive, send)
            )
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
            await task

        return serve

    async def _serve(
        self, route_handshake: HandshakeRouter, request: HttpRequest, receive: Receive, send: Send
    ) -> None:
        started, send_queue = time.perf_counter(), SendQueue()
        result = await self._in_thread(route_handshake, request, send_queue)
        seconds = time.perf_counter() - started
        if isinstance(result, HttpResponse):
            console.access("GET", request.raw_path, result.status, seconds)
            await _refuse(result, send)
            return
        self._log_access("GET", request.raw_path, SWITCHING_PROTOCOLS, seconds)
        send_queue.accept(result.subprotocol)
        if self._is_stopping:  # since the function was called
            send_queue.close_for_restart()
        self._send_queues.add(send_queue)
        try:
            await self._exchange_messages(result, send_queue, receive, send)
        finally:
            self._send_queues.discard(send_queue)

    async def stop(self) -> None:
        """Close every connection with 1012 while functions can still handle $disconnect.

        Messages that wait are handled first.
        """
        self._is_stopping = True
        for send_queue in self._send_queues:
            send_queue.close_for_restart()
        deadline, handled = time.monotonic() + SECONDS_TO_HANDLE, -1
        while self._tasks and handled < self._handled and time.monotonic() < deadline:
            handled = self._handled
            await asyncio.wait(self._tasks, timeout=SECONDS_TO_CLOSE)

    async def _exchange_messages(
        self, accepted: AcceptedHandshake, send_queue: SendQueue, receive: Receive, send: Send
    ) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                delivery = tasks.create_task(send_queue.deliver(send))
                timed_receive = self._with_timeout(receive, send_queue)
                code, reason = await self._receive(accepted.connection, timed_receive)
                delivery.cancel()
                await self._disconnect(accepted.connection, code, reason)
        except* Dropped:
            await self._disconnect(accepted.connection, DROPPED, "")

    def _with_timeout(self, receive: Receive, send_queue: SendQueue) -> Receive:
        """Close the connection if its first message comes too late."""
        if self._seconds_to_first_message is None:
            return receive
        code, reason = NO_CREDENTIALS
        reason = reason.format(self._seconds_to_first_message)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._seconds_to_first_message, send_queue.close, code, reason)

        async def timed_receive() -> Message:
            message = await receive()
            timer.cancel()
            return message

        return timed_receive

    async def _in_thread(self, call: Callable[..., Result], *arguments: object) -> Result:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._threads, call, *arguments)

    async def _disconnect(self, connection: OpenConnection, code: int, reason: str) -> None:
        await self._in_thread(self._websocket_api.disconnect, connection, code, reason)

    async def _receive(self, connection: OpenConnection, receive: Receive) -> tuple[int, str]:
        """Hand messages to functions, some at once, until the client or a function closes.

        Return the close code and the reason once every message is handled: so the $disconnect
        event comes last.
        """
        slots = asyncio.Semaphore(MAX_CALLS_PER_CONNECTION)
        waiting = WaitingMessages()
        has_warned = False

        async def handle(message: str | bytes, size: int) -> None:
            async with slots:
                await self._in_thread(self._websocket_api.receive, connection, message)
            waiting.remove(size)
            self._handled += 1

        async with asyncio.TaskGroup() as tasks:
            while (event := await receive())["type"] == "websocket.receive":
                message, size = _content(event)
                has_warned = has_warned or _warn_of_size(size)
                await waiting.add(size)
                tasks.create_task(handle(message, size))
        return event["code"], event.get("reason") or ""


def _handshake(scope: Scope) -> HttpRequest:
    return HttpRequest(
        method="GET",
        raw_path=path_of(scope["raw_path"].decode("latin-1")),
        query=scope["query_string"].decode("latin-1"),
        headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
        source_ip=scope["client"][0] if scope["client"] else "127.0.0.1",
    )


async def _accept_and_close(send: Send) -> None:
    """Accept a handshake and close with 1012: a task worker ends for good if it is refused."""
    code, reason = SERVICE_RESTART
    with suppress(OSError):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": code, "reason": reason})


async def _refuse(response: HttpResponse, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in response.headers]
    kind = "websocket.http.response"
    with suppress(OSError):
        await send({"type": f"{kind}.start", "status": response.status, "headers": headers})
        await send({"type": f"{kind}.body", "body": response.body})


def _content(event: Message) -> tuple[str | bytes, int]:
    """Return a message and its size in bytes."""
    text = event.get("text")
    if text is None:
        return event["bytes"], len(event["bytes"])
    return text, len(text.encode())


def _warn_of_size(size: int) -> bool:
    """Print a warning and return True if a message is larger than AWS accepts."""
    if size > MAX_FRAME_ON_AWS:
        console.too_large_for_aws(size, MAX_FRAME_ON_AWS)
    return size > MAX_FRAME_ON_AWS


def _frame(message: bytes) -> Message:
    try:
        return {"type": "websocket.send", "text": message.decode()}
    except UnicodeDecodeError:
        return {"type": "websocket.send", "bytes": message}
