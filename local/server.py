"""The server of `make run`: both APIs, their functions and the database."""

import gc
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import boto3

from local import block_key, console, environment
from local.application import application
from local.cloudformation import template
from local.database import dynamodb, tables
from local.event_sources import background
from local.functions import Functions
from local.ports import listening, port_of, stoppable
from local.settings import LocalSettings
from local.web_server import LocalServer

# A WebSocket client's first message has its credentials. At AWS, a function that is scheduled each
# minute (here, too) closes silent clients; this server need not wait for it.
SECONDS_TO_FIRST_MESSAGE = 10.0

# Values that are made until Python looks for those that refer to each other in circles; 700 is its
# own number. A long answer of the database has some thousands, and none of these is in a circle.
NEW_VALUES = 20_000


def run(settings: LocalSettings) -> None:
    """Serve until a signal stops the server; then stop the database and the threads, too."""
    api = template.load(parameters=settings.parameters)
    with (
        stoppable(),
        listening(settings.host, settings.port) as listener,
        _websocket_listeners(settings) as websocket_listeners,
        dynamodb.running(settings, in_file=True) as database,
        block_key.kept(settings),
    ):
        port = port_of(listener)
        sockets_port = port_of(websocket_listeners[0]) if websocket_listeners else None
        websocket_api = f"{settings.url_host}:{sockets_port or port}{api.websocket_api.path}"
        environment.prepare(api, settings, database.endpoint, websocket_api)
        tables.ensure(api, settings.table, with_stream=True, is_own=database.is_own)
        if tables.has_keys(boto3.client("dynamodb"), settings.table):
            settings = replace(settings, has_keys=True)
            api = template.load(parameters=settings.parameters)
            environment.prepare(api, settings, database.endpoint, websocket_api)
        settings.check_host()
        functions = Functions(api)
        with background.running(api, settings, database, functions):
            functions.load_all()
            gc.freeze()
            gc.set_threshold(NEW_VALUES)
            asgi = application(
                api,
                functions,
                f"ws://{websocket_api}",
                sockets_port,
                seconds_to_first_message=SECONDS_TO_FIRST_MESSAGE if settings.is_guarded else None,
                log_access=console.access if settings.access_log else console.failure,
            )
            web_server = LocalServer(asgi)
            console.mute_refused_handshakes()
            url = f"http://{settings.url_host}:{port}/{api.stage}"
            console.welcome(settings, database, url, f"ws://{websocket_api}")
            asgi.activity.tell_each_minute()
            web_server.run(sockets=[listener, *websocket_listeners])


@contextmanager
def _websocket_listeners(settings: LocalSettings) -> Iterator[list[socket.socket]]:
    if settings.sockets_port is None:
        yield []
        return
    with listening(settings.host, settings.sockets_port, "SOCKETS_PORT") as listener:
        yield [listener]
