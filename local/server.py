"""The gateway behind a socket, with its database: what `make run` starts."""

import signal
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from anyio import to_thread
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.types import ASGIApp, Receive, Scope, Send

from local import console, dynamodb, environment, tables, template
from local.events import Request
from local.functions import Functions
from local.gateway import Answer, Gateway
from local.settings import Settings, Unusable

NO_CONTENT = 204


class Application:
    """The gateway as an ASGI application; each request has a thread, as each has a Lambda."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        started = time.perf_counter()
        try:
            request = await _read(HttpRequest(scope, receive))
        except ClientDisconnect:
            return
        answer = await to_thread.run_sync(self._gateway.answer, request)
        await send({"type": "http.response.start", **_head(answer)})
        await send({"type": "http.response.body", "body": answer.body})
        took = time.perf_counter() - started
        console.access(request.method, request.raw_path, answer.status, took)


async def _read(http: HttpRequest) -> Request:
    return Request(
        method=http.method,
        raw_path=http.scope["raw_path"].decode("latin-1"),
        query=http.scope["query_string"].decode("latin-1"),
        headers=http.headers.items(),
        body=await http.body(),
        source=http.client.host if http.client else "127.0.0.1",
    )


def _head(answer: Answer) -> dict[str, object]:
    headers = [
        (name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in answer.headers
    ]
    if answer.status != NO_CONTENT:
        headers.append((b"content-length", str(len(answer.body)).encode()))
    return {"status": answer.status, "headers": headers}


def application(api: template.Template, functions: Functions) -> ASGIApp:
    app: ASGIApp = Application(Gateway(api, functions))
    if api.compress_from is not None:
        app = GZipMiddleware(app, minimum_size=api.compress_from)
    return app


def run(settings: Settings) -> None:
    """Serve until told to stop; what is started here is stopped then."""
    api = template.load(parameters=settings.parameters)
    with _stoppable(), listening(settings) as listener, dynamodb.running(settings) as database:
        environment.prepare(api, settings, database.endpoint)
        tables.ensure(api, settings.table)
        functions = Functions(api)
        functions.load_all()
        config = uvicorn.Config(
            application(api, functions),
            access_log=False,
            lifespan="off",
            log_config=None,
            server_header=False,
            timeout_graceful_shutdown=5,
            ws="none",
        )
        console.mute_upgrades()
        console.welcome(settings, database, listener.getsockname()[1], api.stage)
        uvicorn.Server(config).run(sockets=[listener])


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The port, taken before anything slow is done; callers wait in its queue."""
    try:
        family, *_, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
        # What it accepts inherits this; asyncio sets it only on sockets that it makes itself.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]
        where = f"{settings.host}:{settings.port}"
        raise Unusable(
            f"Can't listen on {where}: {reason}; PORT= and HOST= choose another"
        ) from None
    with listener:
        yield listener


@contextmanager
def _stoppable() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the server as Ctrl-C does: by leaving every block."""
    names = [name for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    before = {name: signal.signal(getattr(signal, name), _interrupt) for name in names}
    try:
        yield
    except KeyboardInterrupt:
        console.say("Stopped.")
    finally:
        for name, handler in before.items():
            signal.signal(getattr(signal, name), handler)


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
