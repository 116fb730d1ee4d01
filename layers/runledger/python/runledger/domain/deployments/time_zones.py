"""Time zones by their names in the IANA database."""

from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones


@cache
def zone(name: str | None) -> ZoneInfo | None:
    """Return the zone with the name, by default UTC; None if there is none."""
    try:
        return ZoneInfo(name or "UTC")
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None


def is_zone(name: str) -> bool:
    """Return whether the database lists the name."""
    return zone(name) is not None and name in _names()


@cache
def pattern() -> str:
    """Return the pattern by which the reference checks the zone of an rrule: all names."""
    return "|".join(name for name in sorted(_names()) if "localtime" not in name)


def contains_zone(text: str) -> bool:
    """Return whether the pattern is found somewhere in the text."""
    return any(name in text for name in _names())


@cache
def _names() -> frozenset[str]:
    return frozenset(available_timezones())
