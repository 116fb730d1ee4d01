"""The sort key of a chunk of log lines."""

from datetime import datetime, timedelta
from typing import NamedTuple, Self

from runledger.domain.logs import Log
from runledger.store.schema.sort_keys import MICROSECOND, SEPARATOR, instant, join

# From a log chunk's first line to its last: a search for a time begins so much earlier. Stock
# clients send their lines every two seconds.
MAX_CHUNK_TIME = timedelta(seconds=3)


class ChunkSortKey(NamedTuple):
    """The sort key of a log chunk or of its piece: <time>#<id>#<lines>#<microseconds>#<piece>.

    Time and id are those of the first line, so that chunks sort by them; the microseconds are from
    the first line to the last. Index entries have the number of lines, without the lines.
    """

    first: datetime
    first_id: str
    lines: int
    microseconds: int
    piece: int = 0

    @classmethod
    def of(cls, logs: list[Log]) -> Self:
        """Return the sort key of a chunk of these lines, which are in the order of time."""
        first, last = logs[0], logs[-1]
        microseconds = (last.timestamp - first.timestamp) // MICROSECOND
        return cls(first.timestamp, str(first.id), len(logs), microseconds)

    @classmethod
    def read(cls, sort_key: str) -> Self:
        """Parse a sort key."""
        time, first_id, lines, microseconds, piece = sort_key.split(SEPARATOR)
        first = datetime.fromisoformat(f"{time}+00:00")
        return cls(first, first_id, int(lines), int(microseconds), int(piece))

    def __str__(self) -> str:
        """Spell the sort key."""
        time = instant(self.first)
        return join(time, self.first_id, self.lines, self.microseconds, f"{self.piece:02}")

    @property
    def last(self) -> datetime:
        """The time of the last line."""
        return self.first + self.microseconds * MICROSECOND
