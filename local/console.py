"""The local server's messages to its user."""

import logging
import sys
from datetime import datetime
from http import HTTPStatus

from local.database.dynamodb import Database
from local.settings import EVERYWHERE, LocalSettings


def welcome(settings: LocalSettings, database: Database, url: str, sockets: str) -> None:
    lines = [
        f"Runledger serves {url}",
        f"  for clients  export PREFECT_API_URL={url}",
        f"  data         {database.kept} ({database.engine}, {database.endpoint})",
        "  stop         Ctrl-C",
    ]
    if settings.sockets_port is not None:
        lines.insert(2, f"               which redirects WebSockets to {sockets}")
    if settings.auth:
        lines.insert(2, "               and PREFECT_API_AUTH_STRING with the value of AUTH")
    elif settings.host in EVERYWHERE:
        lines.append(
            "Everyone who can reach this machine can use it: AUTH=user:password protects it."
        )
    say(*lines)


def mute_refusals() -> None:
    """Drop uvicorn's complaint about each handshake that is refused with a status of ours."""
    muted = "ASGI callable returned without completing handshake"
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: not record.getMessage().startswith(muted)
    )


# Each client of Prefect's asks once, and takes this for "not needed".
NO_CSRF_PROTECTION = HTTPStatus.UNPROCESSABLE_ENTITY, "/csrf-token"


def access(method: str, path: str, status: int, seconds: float) -> None:
    expected, asked = NO_CSRF_PROTECTION
    if status == expected and path.endswith(asked):
        return
    say(f"{_now()} {status} {method} {path} {seconds * 1000:.0f} ms")


def too_large_for_aws(size: int, limit: int) -> None:
    """Warn of a WebSocket message that works here only: sizes in bytes."""
    say(
        f"{_now()} A client sent a WebSocket message of {size:,} bytes. AWS refuses more than"
        f" {limit:,} and closes the connection: docs/events.md, Sizes"
    )


def _now() -> str:
    return f"{datetime.now().astimezone():%H:%M:%S}"


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
