"""What the user of a local server sees."""

import logging
import sys
from datetime import datetime

from local.dynamodb import Database
from local.settings import Settings

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 recognised, not bound


def welcome(settings: Settings, database: Database, port: int, stage: str) -> None:
    name = "127.0.0.1" if settings.host in EVERYWHERE else settings.host
    host = f"[{name}]" if ":" in name else name
    url = f"http://{host}:{port}/{stage}"
    lines = [
        f"Runledger serves {url}",
        f"  for clients  export PREFECT_API_URL={url}",
        f"  data         {database.kept} ({database.engine}, {database.endpoint})",
        "  stop         Ctrl-C",
    ]
    if settings.auth:
        lines.insert(2, "               and PREFECT_API_AUTH_STRING, as AUTH says")
    elif settings.host in EVERYWHERE:
        lines.append("Whoever reaches this machine can use it: AUTH=user:password asks for both.")
    say(*lines)


def mute_upgrades() -> None:
    """Drop uvicorn's advice to install a WebSocket library: the access log tells of the refusal."""
    muted = ("Unsupported upgrade request", "No supported WebSocket library")
    logging.getLogger("uvicorn.error").addFilter(
        lambda record: not record.getMessage().startswith(muted)
    )


def access(method: str, path: str, status: int, seconds: float) -> None:
    say(f"{datetime.now().astimezone():%H:%M:%S} {status} {method} {path} {seconds * 1000:.0f} ms")


def say(*lines: str) -> None:
    sys.stdout.write("\n".join(lines) + "\n")
    sys.stdout.flush()
