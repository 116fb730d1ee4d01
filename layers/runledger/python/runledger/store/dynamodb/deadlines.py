"""When a search has to give up, so that there is time left to say so."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from runledger.store.dynamodb.errors import DeadlineExceeded


@dataclass(frozen=True)
class Deadline:
    """An instant, and the clock that tells whether it has come."""

    at: datetime
    clock: Callable[[], datetime]

    def check(self) -> None:
        """Go on while there is time.

        Raises:
            DeadlineExceeded: there is none left.
        """
        if self.clock() >= self.at:
            raise DeadlineExceeded(f"it is past {self.at}")
