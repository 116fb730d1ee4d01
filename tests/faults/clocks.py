"""A clock of functions that a test moves."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta, tzinfo

import pytest

from runledger import wiring
from runledger.adapters import http, stream
from runledger.adapters.websocket import handler
from tests.support import faults

# Where functions, and the faults that take their time, look at the clock.
READERS = (http, stream, handler, faults)


class MovedClock:
    """The right time when `passed` has passed; a function's clock is wrong by `skew`."""

    passed = skew = timedelta(0)

    def right(self) -> datetime:
        return datetime.now(UTC) + self.passed

    def now(self) -> datetime:
        return self.right() + self.skew


@contextmanager
def moved_clock() -> Iterator[MovedClock]:
    """Let functions look at a clock that can be moved."""
    clock = MovedClock()
    with time_of_functions(clock.now):
        yield clock


@contextmanager
def time_of_functions(now: Callable[[], datetime]) -> Iterator[None]:
    """Let functions take this for the time."""

    class ShownTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return now().astimezone(tz)

    with pytest.MonkeyPatch.context() as patch:
        for module in READERS:
            patch.setattr(module, "datetime", ShownTime)
        patch.setattr(wiring, "now", now)
        yield
