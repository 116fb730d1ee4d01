"""Limits of what a client's schema, pattern or template may use: time and memory.

They hold in the main thread of a process on Linux, where Lambda runs handlers. The local server
runs them in other threads, which can't be interrupted, and goes without.
"""

import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from runledger.domain.errors import Invalid

# A request may last 29 s, and what follows has to be stored. A function has 1 GB of memory.
MAX_SECONDS = 10.0
MAX_BYTES = 400 * 2**20

TOO_SLOW = "The parameters take more than {:g} seconds to evaluate: simplify them or their schema."
TOO_LARGE = "The parameters take too much memory to evaluate: simplify them or their schema."


class _TimeIsOver(BaseException):
    """Time ran out; libraries that catch any Exception let this one through."""


@contextmanager
def limited() -> Iterator[None]:
    """Limit the time and the memory of what is called inside.

    Raises:
        Invalid: it needs more.
    """
    if sys.platform != "linux" or threading.current_thread() is not threading.main_thread():
        yield
        return
    with _limited_time(), _limited_memory():
        yield


if sys.platform == "linux":
    import resource
    import signal

    @contextmanager
    def _limited_time() -> Iterator[None]:
        def interrupt(_signal: int, _frame: FrameType | None) -> None:
            raise _TimeIsOver

        previous = signal.signal(signal.SIGALRM, interrupt)
        try:
            signal.setitimer(signal.ITIMER_REAL, MAX_SECONDS)
            yield
        except _TimeIsOver:
            raise Invalid(TOO_SLOW.format(MAX_SECONDS)) from None
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, previous)

    @contextmanager
    def _limited_memory() -> Iterator[None]:
        pages = int(Path("/proc/self/statm").read_text("ascii").split()[0])
        soft, hard = resource.getrlimit(resource.RLIMIT_AS)
        maximum = pages * resource.getpagesize() + MAX_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (maximum, hard))
        try:
            yield
        except MemoryError:
            raise Invalid(TOO_LARGE) from None
        finally:
            resource.setrlimit(resource.RLIMIT_AS, (soft, hard))
