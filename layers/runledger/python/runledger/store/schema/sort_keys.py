"""Places: the sort keys of indexes, spelled so that text sorts as times and names do.

Every place ends in (created, id), so that no two things share one and ties keep the order of
creation. What clients chose freely is spelled here for keys of any kind.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

if TYPE_CHECKING:
    from runledger.domain.logs import Log
    from runledger.domain.runs.facts import Duration

SEPARATOR = "#"
AFTER_SEPARATOR = chr(ord(SEPARATOR) + 1)

# Ends a name in a place; what sorts at or below it inside a name is escaped, keeping the order.
NAME_END, AFTER_NAME_END = "\x01", "\x02"
ESCAPES = {0: "\x02\x03", 1: "\x02\x04", 2: "\x02\x05"}

# Ends a name that was cut, before its hash: no escape is spelled so.
CUT = "\x02\x06"

FIRST_INSTANT, LAST_INSTANT = "0", "9999-12-31T23:59:59.999999"

# The places of states begin with the names of types: capital letters.
ALL_STATES = ("A", "a")

# What begins the places of durations: those of runs in RUNNING, and of all others.
RUNNING, DONE = "RUNNING", "DONE"

# Numbers from -ZERO to ZERO are spelled with 20 digits, in their order; no date or duration that
# a run can have is beyond them in microseconds.
ZERO, DIGITS = 10**19, 20

# DynamoDB takes 1,024 bytes in a sort key.
MAX_NAME_BYTES = 800

# It takes 2,048 bytes in a partition key; this leaves room for what stands beside texts.
MAX_TEXT_BYTES = 900


# From a chunk's first line to its last: who looks for a time begins so much earlier. Stock clients
# send what they logged every two seconds.
MAX_CHUNK_TIME = timedelta(seconds=3)

MICROSECOND = timedelta(microseconds=1)


def join(*parts: object) -> str:
    """Spell a key of several parts."""
    return SEPARATOR.join(map(str, parts))


def bounded(*texts: str) -> str:
    """Spell texts of any content and length, one to one, as JSON or by their hash."""
    spelled = json.dumps(texts, separators=(",", ":"))
    if len(spelled) <= MAX_TEXT_BYTES:
        return spelled
    return "sha256:" + hashlib.sha256(spelled.encode()).hexdigest()


def instant(time: datetime) -> str:
    """Spell an instant so that text sorts as time does: UTC, microseconds, fixed width."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def place(value: datetime | None, created: datetime, item_id: UUID) -> str:
    """Spell a place in the order of a time: none comes first, ties follow (created, id)."""
    return SEPARATOR.join((instant(value) if value else "", instant(created), str(item_id)))


def duration_place(duration: Duration) -> str:
    """Spell a place in the order of durations: runs in RUNNING stand apart from all others.

    Ties follow (expected start, id); no expected start comes first.
    """
    apart = RUNNING if duration.is_running else DONE
    expected = "" if duration.expected is None else _number(duration.expected)
    return join(apart, _number(duration.taken), expected, duration.run_id)


def durations(*, running: bool) -> tuple[str, str]:
    """The places of all durations: of runs in RUNNING, or of all others."""
    return under(RUNNING if running else DONE)


def as_long_as(duration: Duration) -> tuple[str, str]:
    """The places of all runs that took as long."""
    return under(duration_place(duration).rsplit(SEPARATOR, 2)[0])


def longer_than(duration: Duration) -> tuple[str, str]:
    """The places after those of all runs that took as long."""
    _, after = as_long_as(duration)
    return after, durations(running=duration.is_running)[1]


def under(prefix: str) -> tuple[str, str]:
    """The range of keys that begin with a prefix and the separator.

    Not `begins_with`: dynoxide ignores case there, and reads the whole partition.
    """
    return prefix + SEPARATOR, prefix + AFTER_SEPARATOR


def _number(number: int) -> str:
    return f"{min(max(number, -ZERO), ZERO) + ZERO:0{DIGITS}}"


def name_place(name: str, created: datetime, item_id: UUID) -> str:
    """Spell a place in the order of names, which is that of their UTF-8 bytes."""
    rank = SEPARATOR.join((instant(created), str(item_id)))
    return NAME_END.join((_cut(name.translate(ESCAPES)), rank))


class StatePlace(NamedTuple):
    """The place of a state among all: its type, its name as it is spelled, and when it began."""

    state_type: str
    spelled: str
    entered: datetime

    @property
    def pair(self) -> tuple[str, str]:
        """What places of the same type and name share."""
        return self.state_type, self.spelled

    @property
    def is_cut(self) -> bool:
        """Whether the name is too long to be told here."""
        return CUT in self.spelled

    @property
    def name(self) -> str:
        """The exact name, of one that is not cut."""
        name = self.spelled
        for code, escape in ESCAPES.items():
            name = name.replace(escape, chr(code))
        return name

    @property
    def of_pair(self) -> tuple[str, str]:
        """The range of places of the same type and name."""
        begin = join(*self.pair)
        return begin + NAME_END, begin + AFTER_NAME_END

    @property
    def after_pair(self) -> tuple[str, str]:
        """The range of places of all types and names that come after."""
        return join(*self.pair) + AFTER_NAME_END, ALL_STATES[1]


def state_place(state_type: str, name: str, entered: datetime) -> str:
    """Spell the place of a state in the order of type, name and time."""
    spelled = name.translate(ESCAPES)
    if len(spelled.encode()) > MAX_NAME_BYTES:
        spelled = _cut(spelled) + CUT + hashlib.sha256(name.encode()).hexdigest()
    return NAME_END.join((join(state_type, spelled), instant(entered)))


def state_place_of(place: str) -> StatePlace:
    """Read back what `state_place` spelled."""
    pair, _, entered = place.rpartition(NAME_END)
    state_type, _, spelled = pair.partition(SEPARATOR)
    return StatePlace(state_type, spelled, datetime.fromisoformat(entered).replace(tzinfo=UTC))


def _cut(name: str) -> str:
    return name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def cut_name(name_key: str) -> bytes | None:
    """Return how far the index puts in order a name that may be too long for it, else None.

    Names that agree so far stand in no order to rely on: each may have lost its last character,
    of up to four bytes, or all that follows.
    """
    name = name_key.partition(NAME_END)[0].encode()
    shown = MAX_NAME_BYTES - 3
    return name[:shown] if len(name) >= shown else None


def between(low: datetime | None, high: datetime | None) -> tuple[str, str]:
    """The places from one instant to another, both included; none is open."""
    return (
        instant(low) if low else FIRST_INSTANT,
        (instant(high) if high else LAST_INSTANT) + AFTER_SEPARATOR,
    )


class ChunkSortKey(NamedTuple):
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
        time = instant(self.first)
        return join(time, self.first_id, self.lines, self.microseconds, f"{self.piece:02}")

    @property
    def last(self) -> datetime:
        """The time of the last line."""
        return self.first + self.microseconds * MICROSECOND
