"""Sort keys of the indexes, spelled so that text sorts as times, names and durations do.

Every sort key of an order by time or name ends in (created, id): no two entities share one, and
ties keep the order of creation. Free text from clients is spelled here for keys of any kind.
"""

from __future__ import annotations

import hashlib
import json
from base64 import b32hexencode
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple, Self
from uuid import UUID

from runledger.domain import values

if TYPE_CHECKING:
    from runledger.domain.runs.facts import Duration

SEPARATOR = "#"
AFTER_SEPARATOR = chr(ord(SEPARATOR) + 1)

# Ends a name in a sort key; characters up to it inside a name are escaped, keeping the order.
NAME_END = "\x01"
ESCAPES = {0: "\x02\x03", 1: "\x02\x04", 2: "\x02\x05"}

FIRST_INSTANT, LAST_INSTANT = "0", "9999-12-31T23:59:59.999999"

# The first parts of duration sort keys: of runs in RUNNING, and of all others.
RUNNING, DONE = "RUNNING", "DONE"

# Numbers from -ZERO to ZERO are spelled with 20 digits, in their order; no date or duration that
# a run can have is beyond them in microseconds.
ZERO, DIGITS = 10**19, 20

# DynamoDB takes 1,024 bytes in a sort key.
MAX_NAME_BYTES = 800

# It takes 2,048 bytes in a partition key; this leaves room for the key's other parts.
MAX_TEXT_BYTES = 900

MICROSECOND = timedelta(microseconds=1)

# Microseconds from a run's expected start to another of its times. Up to this, the index by
# expected start serves the order of the other time too (`store/search/nearby.py`), and the run
# needs no entry of its own for it. Most runs begin when they are created.
NEAR = 5_000_000

# Most task runs begin so soon after their expected start, and have an id that was made so near to
# it. They have no entry by start or by id, and are looked for by their expected start
# (`begins_at_once`, `is_told_by_id`).
AT_ONCE = timedelta(milliseconds=100)

# Many task runs end so soon after it: they have no entry by end (`ends_soon`). A page by end reads
# the runs that were expected within this time, too, of which there may be many.
SOON = timedelta(milliseconds=250)

FIRST = datetime.min.replace(tzinfo=UTC)

# Sort keys spell times without their time zone.
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001
FIRST_TO_EPOCH = (EPOCH - datetime.min) // MICROSECOND  # noqa: DTZ901


def join(*parts: object) -> str:
    """Spell a key of several parts."""
    return SEPARATOR.join(map(str, parts))


def ids_beginning(bits: int) -> tuple[str, str]:
    """The range of UUIDs that begin with these 48 bits."""
    digits = f"{bits:012x}"
    begin = f"{digits[:8]}-{digits[8:]}"
    return begin + "-", begin + "."


def time_of_id(spelled: str) -> int:
    """Return the time with which an id begins, if it does, in microseconds since 1970.

    Of two ids, that with the later time comes last, also of those that begin with no time.
    """
    return int(spelled[:8] + spelled[9:13], 16) * 1000


def is_told_by_id(run_id: UUID, expected: datetime | None) -> bool:
    """Return whether a task run's id has its expected start, so that the index by it has it.

    Stock clients and this server make such ids (`random_values.uuid7`, `uuid4_by_time`).
    """
    if expected is None:
        return False
    return is_at_once(time_of_id(str(run_id)), values.microseconds(expected))


def is_at_once(time: int, expected: int | None) -> bool:
    """Return whether a time is nearly the expected start; both are in microseconds."""
    return expected is not None and abs(time - expected) <= AT_ONCE // MICROSECOND


def bounded(*texts: str) -> str:
    """Spell texts of any content and length, one to one, as JSON or by their hash."""
    spelled = json.dumps(texts, separators=(",", ":"))
    if len(spelled) <= MAX_TEXT_BYTES:
        return spelled
    return "sha256:" + hashlib.sha256(spelled.encode()).hexdigest()


def instant(time: datetime) -> str:
    """Spell an instant so that text sorts as time does: UTC, microseconds, fixed width."""
    return time.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")


def microseconds(sort_key: str) -> int | None:
    """Return the time of a sort key, in microseconds since 1970; None if it has none."""
    spelled = sort_key.partition(SEPARATOR)[0]
    return (datetime.fromisoformat(spelled) - EPOCH) // MICROSECOND if spelled else None


def is_near(time: int, expected: int | None) -> bool:
    """Return whether a time is near to the expected start; both are in microseconds."""
    return expected is not None and abs(time - expected) <= NEAR


def time_sort_key(value: datetime | None, created: datetime, item_id: UUID) -> str:
    """Spell the sort key of a time: None comes first, ties follow (created, id)."""
    return SEPARATOR.join((instant(value) if value else "", _tie_break(created, item_id)))


def time_of(sort_key: str) -> datetime | None:
    """Return the time in a sort key that `time_sort_key` has spelled."""
    time, _, _ = sort_key.partition(SEPARATOR)
    return datetime.fromisoformat(time).replace(tzinfo=UTC) if time else None


@lru_cache(maxsize=32)
def _tie_break(created: datetime, item_id: UUID) -> str:
    """Spell (created, id) in their order, and in 41 characters: each run stores several of them."""
    return f"{(created - FIRST) // MICROSECOND:015x}{b32hexencode(item_id.bytes).decode()[:26]}"


class TimeSortKey(NamedTuple):
    """A sort key of `time_sort_key`: its time, and what orders ties.

    Times are in microseconds since 1970.
    """

    time: int | None
    tie_break: str

    @classmethod
    def read(cls, sort_key: str) -> Self:
        """Parse a sort key."""
        return cls(microseconds(sort_key), sort_key.partition(SEPARATOR)[2])

    @property
    def created(self) -> int:
        """The time of creation."""
        return int(self.tie_break[:15], 16) - FIRST_TO_EPOCH


def without_time() -> tuple[str, str]:
    """The range of entries that have no time."""
    return under("")


def begins_at_once(start: datetime, expected: datetime | None) -> bool:
    """Return whether the index by expected start also tells of a task run's start."""
    return expected is not None and timedelta(0) <= start - expected <= AT_ONCE


def ends_soon(end: datetime, expected: datetime | None) -> bool:
    """Return whether the index by state tells of the end of a task run in a terminal state."""
    return expected is not None and timedelta(0) <= end - expected <= SOON


def expected_between(
    low: datetime | None, high: datetime | None, before: timedelta
) -> tuple[str, str]:
    """The range of expected starts that are up to so long before a time within a range."""
    return between(max(low, FIRST + before) - before if low else None, high)


def are_near(time: datetime, expected: datetime | None) -> bool:
    """Return whether a time is near to the expected start."""
    return expected is not None and is_near((time - expected) // MICROSECOND, 0)


def is_told_by_state(duration: Duration, *, has_ended: bool) -> bool:
    """Return whether the index by state serves a run's place by duration.

    It has runs by their expected start. A run that has not begun took no time, and so do others:
    they come by their expected start. One in RUNNING began near to it, in most cases.
    """
    if duration.is_running:
        return is_near(duration.taken, duration.expected)
    return duration.taken == 0 and not has_ended


def duration_sort_key(duration: Duration) -> str:
    """Spell the sort key of a duration: runs in RUNNING are apart from all others.

    Ties follow (expected start, id); no expected start comes first.
    """
    group = RUNNING if duration.is_running else DONE
    expected = "" if duration.expected is None else _number(duration.expected)
    return join(group, _number(duration.taken), expected, duration.run_id)


def durations(*, running: bool) -> tuple[str, str]:
    """The range of all durations: of runs in RUNNING, or of all others."""
    return under(RUNNING if running else DONE)


def equal_durations(duration: Duration) -> tuple[str, str]:
    """The range of all runs that took as long."""
    return under(duration_sort_key(duration).rsplit(SEPARATOR, 2)[0])


def longer_durations(duration: Duration) -> tuple[str, str]:
    """The range of all runs that took longer."""
    _, after = equal_durations(duration)
    return after, durations(running=duration.is_running)[1]


def under(prefix: str) -> tuple[str, str]:
    """The range of keys that begin with a prefix and the separator.

    Not `begins_with`: dynoxide ignores case there, and reads the whole partition.
    """
    return prefix + SEPARATOR, prefix + AFTER_SEPARATOR


def _number(number: int) -> str:
    return f"{min(max(number, -ZERO), ZERO) + ZERO:0{DIGITS}}"


def name_sort_key(name: str, created: datetime, item_id: UUID) -> str:
    """Spell the sort key of a name; names sort by their UTF-8 bytes."""
    return NAME_END.join((_truncate(name.translate(ESCAPES)), _tie_break(created, item_id)))


def _truncate(name: str) -> str:
    return name.encode()[:MAX_NAME_BYTES].decode(errors="ignore")


def truncated_name(name_key: str) -> bytes | None:
    """Return the sorted part of a name that may be truncated; None of a shorter one.

    Names that share this part may be out of order: each may have lost its last character, of up
    to four bytes, or all that follows.
    """
    name = name_key.partition(NAME_END)[0].encode()
    length = MAX_NAME_BYTES - 3
    return name[:length] if len(name) >= length else None


def between(low: datetime | None, high: datetime | None) -> tuple[str, str]:
    """The range from one instant to another, both included; None leaves an end open."""
    return (
        instant(low) if low else FIRST_INSTANT,
        (instant(high) if high else LAST_INSTANT) + AFTER_SEPARATOR,
    )
