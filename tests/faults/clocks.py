"""A clock of functions that a test moves."""

from collections.abc import Iterator
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

    def right(self, tz: tzinfo | None = UTC) -> datetime:
        return datetime.now(tz) + self.passed

    def now(self, tz: tzinfo | None = UTC) -> datetime:
        return self.right(tz) + self.skew


@contextmanager
def moved_clock() -> Iterator[MovedClock]:
    """Let functions look at a clock that can be moved."""
    clock = MovedClock()

    class MovedTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return clock.now(tz)

    with pytest.MonkeyPatch.context() as patch:
        for module in READERS:
            patch.setattr(module, "datetime", MovedTime)
        patch.setattr(wiring, "now", clock.now)
        yield clock
