"""The local server's WebSockets: client frames become messages, functions' posts become frames."""

import asyncio
import time
from contextlib import suppress

from anyio import CapacityLimiter, to_thread
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from local import console
from local.rest_api.events import HttpRequest, path_of
from local.rest_api.gateway import GatewayAnswer
from local.websocket_api.gateway import ConnectionClosed, Full, OpenConnection, Opened, WebSocketApi
from local.websocket_api.handshake_routing import Entrance
from local.websocket_api.protocol import FINISHING

AT_ONCE = 8  # messages of one connection that functions have in hand
THREADS = 40
MAX_UNREAD = 1024 * 1024  # bytes that wait for one client
# Bytes of a client's frame. API Gateway closes with 1009 above that; Prefect's clients send each
# message in one frame.
MAX_FRAME_ON_AWS = 32 * 1024
RESTART = 1012, "Service restart"
# As the function says that ends those who say something, but show no credentials.
SILENT = 1011, "No credentials within {:g} seconds"
CLOSES = {"websocket.close", FINISHING}
DROPPED, DROP = 1006, "dropped"  # nothing is sent: uvicorn ends the connection when we are done
SECONDS_TO_END = 2.0
SWITCHING = 101


class Dropped(Exception):  # noqa: N818 an end, not an error
    """The connection ends without a closing handshake."""


class Outbox:
    """What waits to be sent to a client. Posts come from any thread."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._queue: asyncio.Queue[tuple[Message, int]] = asyncio.Queue()
        self._waiting = 0
        self._is_closing = False

    def send(self, message: bytes) -> None:
        if self._is_closing:
            raise ConnectionClosed
        if self._waiting + len(message) > MAX_UNREAD:
            raise Full
        self._loop.call_soon_threadsafe(self._put, message)

    def accept(self, subprotocol: str | None) -> None:
        self._queue.put_nowait(({"type": "websocket.accept", "subprotocol": subprotocol}, 0))

    def close(self, code: int, reason: str) -> None:
        self._is_closing = True
        kind = DROP if code == DROPPED else "websocket.close"
        frame = {"type": kind, "code": code, "reason": reason}
        self._loop.call_soon_threadsafe(self._queue.put_nowait, (frame, 0))

    def ask_back(self) -> None:
        """Ask the client to come back; what it says until it hears of that is heard."""
        self._is_closing = True
        code, reason = RESTART
        self._queue.put_nowait(({"type": FINISHING, "code": code, "reason": reason}, 0))

    async def deliver(self, send: Send) -> None:
        """Send what comes until the connection closes."""
        with suppress(OSError):
            kind = ""
            while kind not in CLOSES:
                frame, size = await self._next()
                await send(frame)
                self._waiting -= size
                kind = frame["type"]

    async def _next(self) -> tuple[Message, int]:
        frame, size = await self._queue.get()
        if frame["type"] == DROP:
            raise Dropped
        return frame, size

    def _put(self, message: bytes) -> None:
        self._waiting += len(message)
        self._queue.put_nowait((_frame(message), len(message)))


class Sockets:
    """The open WebSockets of a hub."""

    def __init__(self, websocket_api: WebSocketApi, seconds_to_speak: float | None = None) -> None:
        """End clients that say nothing at all for so long after their handshake."""
        self._hub = websocket_api
        self._seconds_to_speak = seconds_to_speak
        self._threads = CapacityLimiter(THREADS)
        self._served: set[asyncio.Task[None]] = set()
        self._outboxes: set[Outbox] = set()
        self._is_ending = False

    def behind(self, enter: Entrance) -> ASGIApp:
        async def serve(scope: Scope, receive: Receive, send: Send) -> None:
            await receive()
            if self._is_ending:
                await _turn_away(send)
                return
            task = asyncio.create_task(self._serve(enter, _handshake(scope), receive, send))
            self._served.add(task)
            task.add_done_callback(self._served.discard)
            await task

        return serve

    async def _serve(
        self, enter: Entrance, request: HttpRequest, receive: Receive, send: Send
    ) -> None:
        started, outbox = time.perf_counter(), Outbox()
        opened = await to_thread.run_sync(enter, request, outbox, limiter=self._threads)
        status = opened.status if isinstance(opened, GatewayAnswer) else SWITCHING
        console.access("GET", request.raw_path, status, time.perf_counter() - started)
        if isinstance(opened, GatewayAnswer):
            await _refuse(opened, send)
            return
        outbox.accept(opened.subprotocol)
        if self._is_ending:  # It began to end while the function was asked.
            outbox.ask_back()
        self._outboxes.add(outbox)
        try:
            await self._converse(opened, outbox, receive, send)
        finally:
            self._outboxes.discard(outbox)

    async def end(self) -> None:
        """Ask every client to come back, while functions can still be told that it has gone."""
        self._is_ending = True
        for outbox in self._outboxes:
            outbox.ask_back()
        if self._served:
            await asyncio.wait(self._served, timeout=SECONDS_TO_END)

    async def _converse(self, opened: Opened, outbox: Outbox, receive: Receive, send: Send) -> None:
        try:
            async with asyncio.TaskGroup() as tasks:
                delivery = tasks.create_task(outbox.deliver(send))
                hurried = self._hurried(receive, outbox)
                ended = await self._receive(opened.connection, hurried)
                delivery.cancel()
                await self._disconnect(opened.connection, *ended)
        except* Dropped:
            await self._disconnect(opened.connection, DROPPED, "")

    def _hurried(self, receive: Receive, outbox: Outbox) -> Receive:
        """What a client says, which is ended if it takes too long to say the first of it."""
        if self._seconds_to_speak is None:
            return receive
        code, reason = SILENT
        reason = reason.format(self._seconds_to_speak)
        loop = asyncio.get_running_loop()
        timer = loop.call_later(self._seconds_to_speak, outbox.close, code, reason)

        async def hurried() -> Message:
            message = await receive()
            timer.cancel()
            return message

        return hurried

    async def _disconnect(self, connection: OpenConnection, code: int, reason: str) -> None:
        await to_thread.run_sync(
            self._hub.disconnect, connection, code, reason, limiter=self._threads
        )

    async def _receive(self, connection: OpenConnection, receive: Receive) -> tuple[int, str]:
        """Hand messages over as they come, some at once, until the connection has ended.

        Each has been dealt with then: what is told of the end is told last.
        """
        at_once = asyncio.Semaphore(AT_ONCE)
        has_warned = False

        async def transfer(message: str | bytes) -> None:
            await to_thread.run_sync(self._hub.receive, connection, message, limiter=self._threads)
            at_once.release()

        async with asyncio.TaskGroup() as tasks:
            while (event := await receive())["type"] == "websocket.receive":
                text = event.get("text")
                message = event["bytes"] if text is None else text
                has_warned = has_warned or _warn_of_size(message)
                await at_once.acquire()
                tasks.create_task(transfer(message))
        return event["code"], event.get("reason") or ""


def _handshake(scope: Scope) -> HttpRequest:
    return HttpRequest(
        method="GET",
        raw_path=path_of(scope["raw_path"].decode("latin-1")),
        query=scope["query_string"].decode("latin-1"),
        headers=[(n.decode("latin-1"), v.decode("latin-1")) for n, v in scope["headers"]],
        source=scope["client"][0] if scope["client"] else "127.0.0.1",
    )


async def _turn_away(send: Send) -> None:
    """Let a client in and ask it to come back: a task worker that is refused ends for good."""
    code, reason = RESTART
    with suppress(OSError):
        await send({"type": "websocket.accept"})
        await send({"type": "websocket.close", "code": code, "reason": reason})


async def _refuse(answer: GatewayAnswer, send: Send) -> None:
    headers = [(name.lower().encode(), value.encode("latin-1")) for name, value in answer.headers]
    kind = "websocket.http.response"
    with suppress(OSError):
        await send({"type": f"{kind}.start", "status": answer.status, "headers": headers})
        await send({"type": f"{kind}.body", "body": answer.body})


def _warn_of_size(message: str | bytes) -> bool:
    """Whether the message is larger than AWS takes; the console says so."""
    size = len(message.encode() if isinstance(message, str) else message)
    if size > MAX_FRAME_ON_AWS:
        console.too_large_for_aws(size, MAX_FRAME_ON_AWS)
    return size > MAX_FRAME_ON_AWS


def _frame(message: bytes) -> Message:
    try:
        return {"type": "websocket.send", "text": message.decode()}
    except UnicodeDecodeError:
        return {"type": "websocket.send", "bytes": message}
