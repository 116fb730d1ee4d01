"""Recurrence rules of iCalendar, as dateutil reads them.

dateutil takes 17 ms to import: only functions that check or follow a rule import it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta, tzinfo
from itertools import dropwhile
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dateutil.rrule import rrule, rruleset

MAX_LENGTH = 6500
MAX_SHOWN = 40
MAX_INTERVAL = 2**31 - 1  # what dateutil can count with

# Where a rule without DTSTART begins.
DEFAULT_START = datetime(2020, 1, 1)  # noqa: DTZ001 - in the schedule's own zone

# The lengths of dateutil's frequencies WEEKLY to SECONDLY, which are fixed.
UNITS = {
    2: timedelta(weeks=1),
    3: timedelta(days=1),
    4: timedelta(hours=1),
    5: timedelta(minutes=1),
    6: timedelta(seconds=1),
}
MINUTELY = 5

# Occurrences before the wanted ones that are looked at. Only rules with COUNT need to be followed
# from their start.
MAX_PAST = 200_000

# Days that are looked at for the next occurrence, or hours, minutes and seconds of days that match.
# The calendar repeats after 400 years. dateutil itself looks on until 9999, in steps of a second if
# the rule has them.
MAX_LOOKED_AT = 400 * 366


class _NothingFoundError(Exception):
    """A rule has no occurrence in all that is looked at."""


class _Search:
    """Counts what is looked at for the next occurrence of a rule, or of a set of rules."""

    def __init__(self) -> None:
        self._looked_at = 0

    def watched(self, rule: Any) -> Any:  # noqa: ANN401 - private parts
        """Return a rule that counts here what it looks at."""
        rule._bymonth = _WatchedMonths(rule._bymonth or (), self.look)
        return rule

    def look(self) -> None:
        self._looked_at += 1
        if self._looked_at > MAX_LOOKED_AT:
            raise _NothingFoundError

    def found(self, times: Iterable[datetime]) -> Iterator[datetime]:
        """Yield the occurrences until the next one would take too long."""
        with suppress(_NothingFoundError):
            for time in times:
                self._looked_at = 0
                yield time


class _WatchedMonths:
    """Months of a rule: whatever dateutil looks at, it asks first whether there are any."""

    def __init__(self, months: tuple[int, ...], look: Callable[[], None]) -> None:
        self._months, self._look = months, look

    def __bool__(self) -> bool:
        self._look()
        return bool(self._months)

    def __iter__(self) -> Iterator[int]:
        return iter(self._months)


def check(text: str) -> None:
    """Refuse a text that is no rule, in the reference's words.

    Raises:
        ValueError: it is none, or too long.
    """
    try:
        rules = _rules(_parsed(text))
    except Exception as error:  # noqa: BLE001 - dateutil lets many errors through
        raise ValueError(f'Invalid RRule string "{text}": {error}') from None
    if any(rule._interval > MAX_INTERVAL for rule in rules):
        raise ValueError(f'Invalid RRule string "{text}": INTERVAL is at most {MAX_INTERVAL}')
    if len(text) > MAX_LENGTH:
        raise ValueError(
            f'Invalid RRule string "{text[:MAX_SHOWN]}..."\n'
            f"Max length is {MAX_LENGTH}, got {len(text)}"
        )


def _rules(parsed: Any) -> list[Any]:  # noqa: ANN401 - private parts
    """Return a rule, or the rules of a set."""
    return [parsed] if hasattr(parsed, "_freq") else [*parsed._rrule, *parsed._exrule]


def with_start(text: str, zone: tzinfo, now: datetime) -> str:
    """Return a rule with a DTSTART: by default 2020, or near `now` if it recurs often.

    The rule has passed `check`.
    """
    if "DTSTART" in text.upper():
        return text
    start = _recent(_parsed(text), now.astimezone(zone).replace(tzinfo=None))
    return f"DTSTART:{start:%Y%m%dT%H%M%S}\n{text}"


def _recent(rule: rrule | rruleset, now: datetime) -> datetime:
    """Return the last start before `now` from which the rule has the same occurrences."""
    parts: Any = rule
    is_often = getattr(parts, "_freq", 0) >= MINUTELY and parts._count is None
    if not is_often or now <= DEFAULT_START:
        return DEFAULT_START
    period = UNITS[parts._freq] * parts._interval
    return DEFAULT_START + (now - DEFAULT_START) // period * period if period else DEFAULT_START


def follow(text: str, timezone: str, start: datetime) -> Iterator[datetime]:
    """Yield the occurrences from an instant on, in UTC; none if the rule does not advance.

    dateutil's own zones decide which instant a time is that the clock skips or shows twice.
    """
    from dateutil.tz import gettz  # noqa: PLC0415

    zone = gettz(timezone)
    local_start = start.astimezone(zone).replace(tzinfo=None)
    rule: Any = _parsed(text)
    if any(one._interval < 1 for one in _rules(rule)):
        return
    search = _Search()
    localized = search.found(_localized(rule, zone, local_start, search))
    yield from _from((time.astimezone(UTC) for time in localized), start)


def _from(times: Iterable[datetime], start: datetime) -> Iterator[datetime]:
    """Yield the times from `start` on, if they begin before too many others have passed."""
    past = 0

    def is_past(time: datetime) -> bool:
        nonlocal past
        past += 1
        return past <= MAX_PAST and time < start

    for time in dropwhile(is_past, times):
        if past > MAX_PAST:
            return
        yield time


def _localized(rule: Any, zone: tzinfo, start: datetime, search: _Search) -> Any:  # noqa: ANN401
    """Return the rule or the set of rules with its times in the zone, whatever they say."""
    if hasattr(rule, "_freq"):
        return search.watched(_advanced(rule, zone, start))
    rule._rrule, rule._exrule = (
        [search.watched(_advanced(one, zone, start)) for one in rules]
        for rules in (rule._rrule, rule._exrule)
    )
    rule._rdate = [time.replace(tzinfo=zone) for time in rule._rdate]
    rule._exdate = [time.replace(tzinfo=zone) for time in rule._exdate]
    return rule


def _advanced(rule: Any, zone: tzinfo, start: datetime) -> Any:  # noqa: ANN401 - private parts
    """Return a rule in the zone; it begins near `start` if that changes no occurrence."""
    first: datetime = rule._dtstart.replace(tzinfo=None)
    distance = start - first - timedelta(days=2)
    if rule._count is None and rule._freq in UNITS and distance > timedelta(0):
        period = UNITS[rule._freq] * rule._interval
        first += distance // period * period
    changes = {"dtstart": first.replace(tzinfo=zone)}
    if rule._until:
        changes["until"] = rule._until.replace(tzinfo=zone)
    return rule.replace(**changes)


def _parsed(text: str) -> rrule | rruleset:
    from dateutil.rrule import rrulestr  # noqa: PLC0415

    return rrulestr(text, dtstart=DEFAULT_START)
