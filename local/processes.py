"""A child process that ends with its parent, even if the parent is killed."""

import os
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import IO

from local.settings import Unusable

# The child's standard input is a pipe that we alone hold open. A subshell waits for its end, which
# comes when we close it or die (kill -9 too), and then ends the child: it is what $$ became.
LEASH = 'exec 3<&0; (read -r _ <&3; kill -TERM $$) & exec "$@" 3<&- </dev/null'
PATIENCE = 20.0

Address = tuple[str, int]


@contextmanager
def running(
    command: Sequence[str], address: Address, keep_open: Sequence[int] = ()
) -> Iterator[None]:
    """Start a server and wait until it listens there; stop it at the end."""
    with tempfile.TemporaryFile() as said, _leashed(command, said, keep_open) as child:
        if not _listens(child, address):
            said.seek(0)
            raise Unusable(_last_line(said.read()) or f"{command[0]} did not start")
        yield


@contextmanager
def _leashed(
    command: Sequence[str], said: IO[bytes], keep_open: Sequence[int]
) -> Iterator[subprocess.Popen[bytes]]:
    leash = [] if os.name == "nt" else ["/bin/sh", "-c", LEASH, "sh"]
    child = subprocess.Popen(
        [*leash, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=said,
        pass_fds=keep_open if leash else (),
        start_new_session=True,  # Ctrl-C is for us: we still need it to finish requests
    )
    try:
        yield child
    finally:
        _stop(child)


def free_port(host: str, wanted: int = 0) -> int:
    """The port that is wanted if it is free, any that is for 0."""
    with socket.create_server((host, wanted)) as server:
        port: int = server.getsockname()[1]
        return port


def _listens(child: subprocess.Popen[bytes], address: Address) -> bool:
    deadline = time.monotonic() + PATIENCE
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
