"""The local server's DynamoDB: dynoxide, moto's server as its fallback, or another one."""

import importlib.util
import platform
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from local import processes
from local.settings import LocalSettings, Unusable

MODULES = Path(__file__).parents[1] / "node_modules" / "@dynoxide"
PROCESSORS = {"aarch64": "arm64", "amd64": "x64", "arm64": "arm64", "x86_64": "x64"}
EVERYWHERE = "0.0.0.0"  # noqa: S104 recognised; whoever asks for it means it
FALLBACK = (
    "dynoxide is not available here (no npm, or another platform): "
    "using moto's server, which is slow and keeps no data."
)


@dataclass(frozen=True)
class Database:
    engine: str
    endpoint: str
    kept: str
    is_ours: bool = True
    file: Path | None = None  # where SQLite keeps it, if it does


@contextmanager
def running(settings: LocalSettings, *, in_file: bool = False) -> Iterator[Database]:
    """The database that the settings ask for, until the end of the block.

    A stream needs a file, if only for as long as the database runs.
    """
    if settings.dynamodb_endpoint:
        kept = f"table {settings.table}"
        yield Database("DYNAMODB_ENDPOINT", settings.dynamodb_endpoint, kept, is_ours=False)
    elif binary := dynoxide():
        with _running_dynoxide(binary, settings, in_file=in_file) as database:
            yield database
    else:
        print(FALLBACK, flush=True)
        with _running_moto(settings) as database:
            yield database


def dynoxide() -> Path | None:
    """Where npm put the binary, if it did and the binary runs."""
    processor = PROCESSORS.get(platform.machine().lower(), "unknown")
    suffix = ".exe" if sys.platform == "win32" else ""
    binary = MODULES / f"{sys.platform}-{processor}" / f"dynoxide{suffix}"
    try:
        subprocess.run([binary, "--version"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError):
        return None
    return binary


@contextmanager
def _running_dynoxide(
    binary: Path, settings: LocalSettings, *, in_file: bool
) -> Iterator[Database]:
    host, port = _address(settings)
    command = [str(binary), "--host", settings.dynamodb_host, "--port", str(port)]
    kept = f"in {settings.data}" if settings.data else "for this run only"
    with ExitStack() as stack:
        held: list[int] = []
        folder = settings.data
        if folder:
            held.append(stack.enter_context(_held(folder)))
        elif in_file:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="runledger-")))
        file = folder and folder / "runledger.db"
        command += ["--db-path", str(file)] if file else []
        try:
            stack.enter_context(processes.running(command, (host, port), keep_open=held))
        except Unusable as problem:
            raise Unusable(f"The database kept {kept} did not start: {problem}") from None
        yield Database("dynoxide", f"http://{host}:{port}", kept, file=file)


@contextmanager
def _running_moto(settings: LocalSettings) -> Iterator[Database]:
    host, port = _address(settings)
    program = Path(__file__).with_name("moto_server.py")
    command = [sys.executable, str(program), settings.dynamodb_host, str(port)]
    with processes.running(command, (host, port)):
        yield Database("moto", f"http://{host}:{port}", "for this run only")


def _address(settings: LocalSettings) -> processes.Address:
    """Where we reach the database that we start."""
    host, port = settings.dynamodb_host, settings.dynamodb_port
    try:
        port = processes.free_port(host, port)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]
        raise Unusable(
            f"DYNAMODB_HOST={host} DYNAMODB_PORT={port} can't be used: {reason}"
        ) from None
    return ("127.0.0.1" if host == EVERYWHERE else host), port


@contextmanager
def _held(folder: Path) -> Iterator[int]:
    """A lock on the folder; the database inherits it, so it lasts as long as either of us."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise Unusable(f"DATA={folder} can't be used: {error.strerror}") from None
    with lock:
        if not _locked(lock.fileno()):
            raise Unusable(f"DATA={folder} is in use by another server")
        yield lock.fileno()


def _locked(descriptor: int) -> bool:
    if importlib.util.find_spec("fcntl") is None:
        return True  # Windows: SQLite's own locks have to do
    import fcntl  # noqa: PLC0415

    deadline = time.monotonic() + 2  # a database whose server was killed ends a moment later
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False
