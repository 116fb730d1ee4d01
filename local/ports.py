"""A server's ports, and the signals that stop it."""

import signal
import socket
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import uvicorn

from local import console
from local.settings import Unusable

# A shell starts what a script runs in the background with SIGINT ignored, and nohup with SIGHUP:
# what is started so goes on. SIGTERM always ends it.
CAN_BE_IGNORED = ("SIGINT", "SIGHUP")


@contextmanager
def listening(host: str, port: int, setting: str = "PORT") -> Iterator[socket.socket]:
    """The port, taken before anything slow is done; callers wait in its queue."""
    try:
        family, *_, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address[:2], family=family, backlog=2048)
        # What it accepts inherits this; asyncio sets it only on sockets that it makes itself.
        listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        reason = (error.strerror or "").partition(" (")[0]
        raise Unusable(
            f"Can't listen on {host}:{port}: {reason}; {setting}= and HOST= choose another"
        ) from None
    with listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    port: int = listener.getsockname()[1]
    return port


class StoppableServer(uvicorn.Server):
    """uvicorn, which ends in good order when its terminal is closed, and ignores what it is to."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Handle SIGHUP, too, which uvicorn leaves alone, and leave alone what is ignored."""
        ignored = [name for name in CAN_BE_IGNORED if _is_ignored(name)]
        with (
            super().capture_signals(),
            handling(("SIGHUP",), self.handle_exit),
            handling(ignored, signal.SIG_IGN),
        ):
            yield


@contextmanager
def stoppable() -> Iterator[None]:
    """Let SIGTERM and a closed terminal end the server as Ctrl-C does: by leaving every block."""
    with handling(("SIGTERM", "SIGHUP"), _interrupt):
        try:
            yield
        except KeyboardInterrupt:
            console.say("Stopped.")


@contextmanager
def handling(
    names: Iterable[str], handler: Callable[..., None] | signal.Handlers
) -> Iterator[None]:
    """Handle these signals so, as far as the system knows them and they are not to be ignored."""
    known = [
        signal.Signals[name] for name in names if hasattr(signal, name) and not _is_ignored(name)
    ]
    before = {number: signal.signal(number, handler) for number in known}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


def _is_ignored(name: str) -> bool:
    known = name in CAN_BE_IGNORED and hasattr(signal, name)
    return known and signal.getsignal(signal.Signals[name]) is signal.SIG_IGN


def _interrupt(*_: object) -> None:
    raise KeyboardInterrupt
