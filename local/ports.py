"""A server's ports, and the signals that stop it."""

import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import uvicorn

from local import console
from local.settings import StartupError

# A shell ignores SIGINT for background processes of a script, and nohup ignores SIGHUP: a server
# that inherits this keeps running. SIGTERM always ends it.
CAN_BE_IGNORED = ("SIGINT", "SIGHUP")


@contextmanager
def listening(host: str, port: int, setting: str = "PORT") -> Iterator[socket.socket]:
    """Listen before anything slow is done: connections wait in the backlog."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
        # Accepted sockets inherit this; asyncio sets it only on sockets that it creates itself.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]
        raise StartupError(
            f"Can't listen on {host}:{port}: {reason}; {setting}= and HOST= choose another"
        ) from None
    with listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


class StoppableServer(uvicorn.Server):
    """uvicorn that shuts down if its terminal closes, unless it was started to ignore that."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle SIGHUP, too, and ignore the signals that are ignored already."""
        ignored = [name for name in CAN_BE_IGNORED if _is_ignored(name)]
        with (
            super().capture_signals(),
            handling(("SIGHUP",), self.handle_exit),
            handling(ignored, signal.SIG_IGN),
        ):
            yield


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and SIGHUP (a closed terminal) leave every block, as Ctrl-C does."""
    with handling(("SIGTERM", "SIGHUP"), _interrupt):
        try:
            yield
        except KeyboardInterrupt:
            console.say("Stopped.")


@contextmanager
def handling(
    names: Iterable[str], handler: Callable[..., None] | signal.Handlers
) -> Iterator[None]:
    """Handle the signals within the block, except those unknown to the system or ignored."""
    known = [
        signal.Signals[name] for name in names if hasattr(signal, name) and not _is_ignored(name)
    ]
    previous = {number: signal.signal(number, handler) for number in known}
    try:
        yield
    finally:
        for number, handler_before in previous.items():
            signal.signal(number, handler_before)


def _is_ignored(name: str) -> bool:
    known = name in CAN_BE_IGNORED and hasattr(signal, name)
    return known and signal.getsignal(signal.Signals[name]) is signal.SIG_IGN


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
