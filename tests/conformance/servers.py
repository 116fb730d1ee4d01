"""Start and stop the servers that are compared."""

import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import httpx

ROOT = Path(__file__).resolve().parents[2]
# The credentials of servers that ask for some.
AUTH = "admin:pass"
STARTING = 180.0


# The reference's services that change runs by themselves.
MEDDLING = (
    *("CANCELLATION_CLEANUP", "CLEANUP_RECONCILER", "DB_VACUUM", "FOREMAN", "LATE_RUNS"),
    *("PAUSE_EXPIRATIONS", "REPOSSESSOR", "SCHEDULER", "TRIGGERS"),
)
NOBODY_MEDDLES = {f"PREFECT_SERVER_SERVICES_{name}_ENABLED": "false" for name in MEDDLING}

LOGS_ARE_TOLD = {
    f"PREFECT_SERVER_LOGS_STREAM_{part}_ENABLED": "true" for part in ("OUT", "PUBLISHING")
}


@contextmanager
def reference(
    auth: str | None = None,
    home: Path | None = None,
    *,
    records: bool = False,
    meddles: bool = False,
    database: str | None = None,
) -> Iterator[str]:
    """A fresh reference that does nothing by itself, unless it is to take events.

    If it meddles, its services change runs besides. Its database is on SQLite, in `home`, unless
    a URL names another.
    """
    with tempfile.TemporaryDirectory() as fresh:
        environment = {
            "PREFECT_HOME": str(home or fresh),
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            **({"PREFECT_SERVER_API_AUTH_STRING": auth} if auth else {}),
            **({"PREFECT_API_DATABASE_CONNECTION_URL": database} if database else {}),
            **({} if meddles else NOBODY_MEDDLES),
            **LOGS_ARE_TOLD,
        }
        port = free_port()
        folder = "Scripts" if os.name == "nt" else "bin"
        prefect = ROOT / ".reference-venv" / folder / "prefect"
        options = ["--port", str(port), "--no-ui", *([] if records else ["--no-services"])]
        with _running([str(prefect), "server", "start", *options], environment, port) as url:
            yield url


@contextmanager
def runledger(
    auth: str | None = None, *, log: IO[bytes] | None = None, **settings: str
) -> Iterator[str]:
    """A fresh local server with its data in memory, unless the settings say otherwise.

    What it says can be read from the log afterwards, where one is given.
    """
    port = free_port()
    environment = {"DATA": ":memory:", "PORT": str(port), "AUTH": auth or "", **settings}
    with _running([sys.executable, "-m", "local"], environment, port, log) as url:
        yield url


@contextmanager
def _running(
    command: list[str], environment: Mapping[str, str], port: int, log: IO[bytes] | None = None
) -> Iterator[str]:
    url = f"http://127.0.0.1:{port}/api"
    environment = {**_inherited(), **environment}
    log = log or tempfile.TemporaryFile()  # noqa: SIM115 closed below, after the process
    process = subprocess.Popen(
        command, env=environment, cwd=ROOT, stdout=log, stderr=subprocess.STDOUT
    )
    try:
        _await(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(timeout=STARTING)
        log.close()


def _inherited() -> dict[str, str]:
    """The environment without anyone's Prefect settings."""
    return {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}


def _await(url: str, process: subprocess.Popen[bytes], log: IO[bytes]) -> None:
    give_up = time.monotonic() + STARTING
    while not _answers(url):
        if time.monotonic() > give_up or process.poll() is not None:
            log.seek(0)
            raise SystemExit(f"a server did not start:\n{log.read().decode()}")
        time.sleep(0.2)


def _answers(url: str) -> bool:
    with suppress(httpx.TransportError):
        return httpx.get(f"{url}/health").is_success
    return False


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
