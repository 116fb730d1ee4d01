"""A child process that ends with its parent, even if the parent is killed."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from local.settings import StartupError

# The child's standard input is a pipe whose other end only this process holds. A subshell reads it
# until it closes, when this process closes it or dies (kill -9 too), and then ends the child ($$).
WATCHDOG = 'exec 3<&0; (read -r _ <&3; kill -TERM $$) & exec "$@" 3<&- </dev/null'
SECONDS_TO_START = 20.0

Address = tuple[str, int]


@contextmanager
def running(
    command: Sequence[str], address: Address, keep_open: Sequence[int] = ()
) -> Iterator[None]:
    """Start a server, wait until it listens at the address, and stop it at the end of the block."""
    with tempfile.TemporaryFile() as stderr, _child(command, stderr, keep_open) as child:
        if not _listens(child, address):
            stderr.seek(0)
            raise StartupError(_last_line(stderr.read()) or f"{command[0]} did not start")
        yield


@contextmanager
def _child(
    command: Sequence[str], stderr: IO[bytes], keep_open: Sequence[int]
) -> Iterator[subprocess.Popen[bytes]]:
    watchdog = [] if os.name == "nt" else ["/bin/sh", "-c", WATCHDOG, "sh"]
    child = subprocess.Popen(
        [*watchdog, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=stderr,
        pass_fds=keep_open if watchdog else (),
        start_new_session=True,  # Ctrl-C must not end it: requests still need it
    )
    try:
        yield child
    finally:
        _stop(child)


def free_port(host: str, wanted: int = 0) -> int:
    """The wanted port if it is free, else OSError; 0: any free port."""
    with socket.create_server((host, wanted)) as server:
        port: int = server.getsockname()[1]
        return port


def _listens(child: subprocess.Popen[bytes], address: Address) -> bool:
    deadline = time.monotonic() + SECONDS_TO_START
    while not (is_open := _is_open(address)) and child.poll() is None:
        if time.monotonic() > deadline:
            break
        time.sleep(0.005)
    return is_open


def _is_open(address: Address) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(address) == 0


def _last_line(output: bytes) -> str:
    lines = output.decode(errors="replace").strip().splitlines()
    return lines[-1].removeprefix("error: ") if lines else ""


def _stop(child: subprocess.Popen[bytes]) -> None:
    if child.stdin:
        child.stdin.close()
    if os.name == "nt":
        child.terminate()
    try:
        child.wait(timeout=10)
    except subprocess.TimeoutExpired:
        child.kill()
        child.wait()
