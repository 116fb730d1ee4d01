"""Keys of logs: where chunks of lines lie, and where others than their flow run find them.

A chunk lies with the flow run of its lines or, without one, with their task run or, without both,
in a shard.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.logs import Log
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.sort_keys import SEPARATOR, join

LOGS = "LOGS"

# From a chunk's first line to its last: who looks for a time begins so much earlier. Stock clients
# send what they logged every two seconds.
MAX_CHUNK_TIME = timedelta(seconds=3)

MICROSECOND = timedelta(microseconds=1)


class Place(NamedTuple):
    """The sort key of a chunk, or of a piece of one: <time>#<id>#<lines>#<microseconds>#<piece>.

    Time and id are those of its first line, so that chunks sort by them; the microseconds are from
    there to its last line. Indexes have it too: without its lines it tells how many a chunk has.
    """

    first: datetime
    first_id: str
    lines: int
    microseconds: int
    piece: int = 0

    @classmethod
    def of(cls, logs: list[Log]) -> Self:
        """Return the place of the chunk of these lines, which are in the order of time."""
        first, last = logs[0], logs[-1]
        lasts = (last.timestamp - first.timestamp) // MICROSECOND
        return cls(first.timestamp, str(first.id), len(logs), lasts)

    @classmethod
    def read(cls, sort_key: str) -> Self:
        """Read back a place."""
        time, first_id, lines, microseconds, piece = sort_key.split(SEPARATOR)
        first = datetime.fromisoformat(f"{time}+00:00")
        return cls(first, first_id, int(lines), int(microseconds), int(piece))

    def __str__(self) -> str:
        """Spell it."""
        time = sort_keys.instant(self.first)
        return join(time, self.first_id, self.lines, self.microseconds, f"{self.piece:02}")

    @property
    def last(self) -> datetime:
        """The time of the last line."""
        return self.first + self.microseconds * MICROSECOND


def of_flow_run(run_id: UUID) -> str:
    return join(LOGS, keys.flow_run(run_id).pk)


def of_task_run(run_id: UUID) -> str:
    return join(LOGS, keys.task_run(run_id).pk)


def home(first: Log, shards: int) -> str:
    """The partition in which the chunk with this first line lies."""
    if first.flow_run_id:
        return of_flow_run(first.flow_run_id)
    if first.task_run_id:
        return of_task_run(first.task_run_id)
    return shard(first, shards)


def owner(first: Log) -> str | None:
    """The partition of `by_owner` where a task run finds a chunk that lies with its flow run."""
    inside = first.flow_run_id is not None
    return keys.task_run(first.task_run_id).pk if inside and first.task_run_id else None


def all_chunks(shards: int) -> Iterator[str]:
    """The partitions of `by_state` that have all chunks in the order of time."""
    return (join(LOGS, number) for number in range(shards))


def shard(first: Log, shards: int) -> str:
    """The one of them that a chunk is in."""
    return join(LOGS, keys.shard_of(first.id, shards))
