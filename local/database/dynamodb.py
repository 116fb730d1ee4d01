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
from local.settings import LocalSettings, StartupError

MODULES = Path(__file__).parents[1] / "node_modules" / "@dynoxide"
PROCESSORS = {"aarch64": "arm64", "amd64": "x64", "arm64": "arm64", "x86_64": "x64"}
ALL_IPV4_INTERFACES = "0.0.0.0"  # noqa: S104 recognised; used only if a setting says so
FALLBACK = (
    "dynoxide is not available here (no npm, or another platform): "
    "using moto's server, which is slow and keeps no data."
)


@dataclass(frozen=True)
class RunningDatabase:
    engine: str
    endpoint: str
    storage: str  # for the console
    is_own: bool = True  # the local server started it
    file: Path | None = None  # SQLite's, if there is one


@contextmanager
def running(settings: LocalSettings, *, in_file: bool = False) -> Iterator[RunningDatabase]:
    """Run the database that the settings name until the end of the block.

    in_file: use a file even if the settings name no folder; `sqlite.py` needs one for a stream.
    """
    if settings.dynamodb_endpoint:
        storage = f"table {settings.table}"
        yield RunningDatabase(
            "DYNAMODB_ENDPOINT", settings.dynamodb_endpoint, storage, is_own=False
        )
    elif binary := dynoxide():
        with _running_dynoxide(binary, settings, in_file=in_file) as database:
            yield database
    else:
        print(FALLBACK, flush=True)
        with _running_moto(settings) as database:
            yield database


def dynoxide() -> Path | None:
    """The path of the binary that npm installed; None if there is none or it does not run."""
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
) -> Iterator[RunningDatabase]:
    host, port = _address(settings)
    command = [str(binary), "--host", settings.dynamodb_host, "--port", str(port)]
    storage = f"in {settings.data}" if settings.data else "for this run only"
    with ExitStack() as stack:
        locks: list[int] = []
        folder = settings.data
        if folder:
            locks.append(stack.enter_context(_folder_lock(folder)))
        elif in_file:
            folder = Path(stack.enter_context(TemporaryDirectory(prefix="runledger-")))
        file = folder and folder / "runledger.db"
        command += ["--db-path", str(file)] if file else []
        try:
            stack.enter_context(processes.running(command, (host, port), keep_open=locks))
        except StartupError as error:
            raise StartupError(f"The database kept {storage} did not start: {error}") from None
        yield RunningDatabase("dynoxide", f"http://{host}:{port}", storage, file=file)


@contextmanager
def _running_moto(settings: LocalSettings) -> Iterator[RunningDatabase]:
    host, port = _address(settings)
    program = Path(__file__).with_name("moto_server.py")
    command = [sys.executable, str(program), settings.dynamodb_host, str(port)]
    with processes.running(command, (host, port)):
        yield RunningDatabase("moto", f"http://{host}:{port}", "for this run only")


def _address(settings: LocalSettings) -> processes.Address:
    """The host and the port of the database to start."""
    host, port = settings.dynamodb_host, settings.dynamodb_port
    try:
        port = processes.free_port(host, port)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]
        raise StartupError(
            f"DYNAMODB_HOST={host} DYNAMODB_PORT={port} can't be used: {reason}"
        ) from None
    return ("127.0.0.1" if host == ALL_IPV4_INTERFACES else host), port


@contextmanager
def _folder_lock(folder: Path) -> Iterator[int]:
    """Lock the folder. The database inherits the lock: it lasts until both processes end."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock = (folder / "lock").open("a")
    except OSError as error:
        raise StartupError(f"DATA={folder} can't be used: {error.strerror}") from None
    with lock:
        if not _try_lock(lock.fileno()):
            raise StartupError(f"DATA={folder} is in use by another server")
        yield lock.fileno()


def _try_lock(descriptor: int) -> bool:
    if importlib.util.find_spec("fcntl") is None:
        return True  # Windows: SQLite's own locks have to do
    import fcntl  # noqa: PLC0415

    deadline = time.monotonic() + 2  # after its server is killed, a database ends a moment later
    while time.monotonic() < deadline:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            time.sleep(0.05)
        else:
            return True
    return False
