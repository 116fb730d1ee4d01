"""The local server's messages to its user."""

import logging
import sys
import time
from http import HTTPStatus

from local.database.dynamodb import RunningDatabase
from local.settings import LocalSettings, is_loopback


def welcome(
    settings: LocalSettings, database: RunningDatabase, url: str, websocket_url: str
) -> None:
    lines = [
        f"Runledger serves {url}",
        f"  for clients  export PREFECT_API_URL={url}",
        f"  data         {database.storage} ({database.engine}, {database.endpoint})",
        "  stop         Ctrl-C",
    ]
    if settings.sockets_port is not None:
        lines.insert(2, f"               which redirects WebSockets to {websocket_url}")
    if settings.auth:
        lines.insert(2, "               and PREFECT_API_AUTH_STRING with the value of AUTH")
    elif settings.is_guarded:
        lines.insert(2, "               and PREFECT_API_AUTH_STRING=name:key (see make keys)")
    elif not is_loopback(settings.host):
        lines.append("Everyone who can reach this machine can use it.")
    say(*lines)


def mute_refused_handshakes() -> None:
    """Drop uvicorn's error message about each handshake that a function refuses."""
    muted = "ASGI callable returned without completing handshake"
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: not record.getMessage().startswith(muted)
    )


# Each Prefect client requests a token once; this response means that it needs none.
NO_CSRF_PROTECTION = HTTPStatus.UNPROCESSABLE_ENTITY, "/csrf-token"


def failure(method: str, path: str, status: int, seconds: float) -> None:
    """Print the line of a request that was answered with 5xx."""
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        access(method, path, status, seconds)


def access(method: str, path: str, status: int, seconds: float) -> None:
    expected, csrf_path = NO_CSRF_PROTECTION
    if status == expected and path.endswith(csrf_path):
        return
    say(f"{_now()} {status} {method} {path} {seconds * 1000:.0f} ms")


def happened(text: str) -> None:
    say(f"{_now()} {text}")


def too_large_for_aws(size: int, limit: int) -> None:
    """Warn of a WebSocket message that AWS would refuse: sizes in bytes."""
    say(
        f"{_now()} A client sent a WebSocket message of {size:,} bytes. AWS refuses more than"
        f" {limit:,} and closes the connection: docs/events.md, Sizes"
    )


def _now() -> str:
    return time.strftime("%H:%M:%S")


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
