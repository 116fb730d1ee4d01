"""The gateway behind a socket, with its database: what `make run` starts."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn

from local import background, console, dynamodb, environment, tables, template
from local.application import Application, application
from local.functions import Functions
from local.listening import handling, listening, port_of, stoppable
from local.settings import Settings
from local.socket_protocol import SocketProtocol

LARGEST_MESSAGE = 4 * 1024 * 1024  # API Gateway: 32 KB in a frame


class Server(uvicorn.Server):
    """Ends the WebSockets while it still answers what their functions ask."""

    def __init__(self, serving: Application) -> None:
        super().__init__(
            uvicorn.Config(
                serving.app,
                access_log=False,
                lifespan="off",
                log_config=None,
                server_header=False,
                timeout_graceful_shutdown=3,
                ws=SocketProtocol,
                ws_max_size=LARGEST_MESSAGE,
                ws_per_message_deflate=False,
            )
        )
        # Imported now, not after the user was told that Ctrl-C stops it: Python gives a process
        # that is interrupted within an import another exit code, even if it ends in good order.
        self.config.load()
        self._sockets = serving.sockets

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Let a closed terminal too end it in good order: uvicorn leaves SIGHUP alone."""
        with super().capture_signals(), handling(("SIGHUP",), self.handle_exit):
            yield

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        await self._sockets.end()
        await super().shutdown(sockets)


def run(settings: Settings) -> None:
    """Serve until told to stop; what is started here is stopped then."""
    api = template.load(parameters=settings.parameters)
    with (
        stoppable(),
        listening(settings.host, settings.port) as listener,
        _listening_for_sockets(settings) as others,
        dynamodb.running(settings, in_file=True) as database,
    ):
        port = port_of(listener)
        sockets_port = port_of(others[0]) if others else None
        sockets = f"{settings.name}:{sockets_port or port}{api.sockets.path}"
        environment.prepare(api, settings, database.endpoint, sockets)
        tables.ensure(api, settings.table, with_stream=True, is_ours=database.is_ours)
        functions = Functions(api)
        with background.running(api, settings, database, functions):
            functions.load_all()
            server = Server(application(api, functions, f"ws://{sockets}", sockets_port))
            console.mute_refusals()
            url = f"http://{settings.name}:{port}/{api.stage}"
            console.welcome(settings, database, url, f"ws://{sockets}")
            server.run(sockets=[listener, *others])


@contextmanager
def _listening_for_sockets(settings: Settings) -> Iterator[list[socket.socket]]:
    if settings.sockets_port is None:
        yield []
        return
    with listening(settings.host, settings.sockets_port, "SOCKETS_PORT") as listener:
        yield [listener]
