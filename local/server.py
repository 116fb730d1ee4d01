"""The server of `make run`: both APIs, their functions and the database."""

import socket
from collections.abc import Iterator
from contextlib import contextmanager

from local import console, environment
from local.application import application
from local.cloudformation import template
from local.database import dynamodb, tables
from local.event_sources import background
from local.functions import Functions
from local.ports import listening, port_of, stoppable
from local.settings import LocalSettings
from local.web_server import Server

# Of a WebSocket's client, where credentials are asked for: its first message has them. At AWS
# nothing ends a client so soon; the function that does is called once a minute, here too.
SECONDS_TO_SPEAK = 10.0


def run(settings: LocalSettings) -> None:
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
            serving = application(
                api,
                functions,
                f"ws://{sockets}",
                sockets_port,
                seconds_to_speak=SECONDS_TO_SPEAK if settings.auth else None,
            )
            server = Server(serving)
            console.mute_refusals()
            url = f"http://{settings.name}:{port}/{api.stage}"
            console.welcome(settings, database, url, f"ws://{sockets}")
            server.run(sockets=[listener, *others])


@contextmanager
def _listening_for_sockets(settings: LocalSettings) -> Iterator[list[socket.socket]]:
    if settings.sockets_port is None:
        yield []
        return
    with listening(settings.host, settings.sockets_port, "SOCKETS_PORT") as listener:
        yield [listener]
