"""A clock for the functions of this process: an hour passes at once."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta

from tests.faults.clocks import time_of_functions

HOUR = timedelta(hours=1)


class BenchClock:
    """The time that functions see; it stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime.now(UTC)

    def set_to_hour(self, **later: float) -> None:
        """Go to the next full hour that is not over by so much yet, and to so much later."""
        offset = timedelta(**later)
        hour = self.now.replace(minute=0, second=0, microsecond=0)
        while hour + offset <= self.now:
            hour += HOUR
        self.now = hour + offset


@contextmanager
def stopped_clock() -> Iterator[BenchClock]:
    """Give all functions one clock, until the end of the block."""
    clock = BenchClock()
    with time_of_functions(lambda: clock.now):
        yield clock
