"""Values that each server picks for itself, and what must still agree about them."""

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import combinations

from tests.conformance.programs import Json

UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{6})?(?P<zone>Z|[+-]\d\d:\d\d)")
SLUG = re.compile(r"[a-z]+-[a-z]+")

# Read from the clock when the answer is made, so no two servers agree exactly.
DURATIONS = frozenset(
    {
        *("total_run_time", "estimated_run_time", "estimated_start_time_delta", "duration"),
        *("lateness", "time_in_current_state"),
    }
)
# Sums of such durations. The reference on SQLite cuts each to whole seconds.
SUMS = frozenset({"sum_estimated_run_time", "sum_estimated_lateness"})
# Lists without an order; what the server adds to them of its own is an id.
SETS = frozenset({"pause_keys"})
# What became of many runs or deployments, or who holds slots: in the order of their random ids.
OF_MANY = frozenset({"results", "deleted", "flow_runs"})
# The reference shows the schema of a block in the order of its database's mapper.
UNORDERED = "block_schema"
# Seconds that a client is told to wait.
DELAY = "delay_seconds"
# Book-keeping of the row, on a clock reading of its own: only how it moves is compared.
ROW_TIMES = frozenset({"created", "updated"})

# What two clocks and two machines may differ by.
SLACK = timedelta(seconds=30)
# A delay below zero is before the clock that it is counted from.
FURTHEST_BACK = timedelta(minutes=2)
# How long a program may take.
LONGEST = timedelta(minutes=10)
# The reference reads its clock several times for what is one moment.
ONE_MOMENT = timedelta(milliseconds=2)
# It schedules for now a while before it makes the state.
AROUND_NOW = timedelta(seconds=1)


def instant(text: str) -> datetime | None:
    """The time that a text spells in the contract's form, or None."""
    if TIME.fullmatch(text) is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def are_clock_readings(texts: tuple[str, str], began: Sequence[datetime]) -> bool:
    """Whether both are times that a server took from its own clock since the program began."""
    return all(
        time is not None and start - FURTHEST_BACK < time < start + LONGEST
        for time, start in zip(map(instant, texts), began, strict=True)
    )


def spelled_alike(left: str, right: str) -> bool:
    found = TIME.fullmatch(left), TIME.fullmatch(right)
    return all(found) and len({match["zone"] for match in found if match}) == 1


def are_generated_names(left: str, right: str) -> bool:
    return SLUG.fullmatch(left) is not None and SLUG.fullmatch(right) is not None


def durations_agree(left: float, right: float) -> bool:
    """Both zero, or of one sign and no further apart than the two servers' answers."""
    both_zero_or_neither = (left == 0) == (right == 0)
    close = abs(left - right) < SLACK.total_seconds()
    return both_zero_or_neither and close and left * right >= 0


def in_order(values: list[Json]) -> list[Json]:
    """A set's values, those that a server made up without their chance."""
    return [*sorted(UUID.sub("an id", value) for value in values if isinstance(value, str))]


def sums_agree(left: float, right: float) -> bool:
    """No further apart than the two servers' answers, and what was cut off."""
    return abs(left - right) < SLACK.total_seconds()


def delays_agree(left: int, right: int, began: Sequence[datetime]) -> bool:
    """Seconds until a time: the same, or less by what one side's clock is ahead."""
    ahead = (began[1] - began[0]).total_seconds()
    return abs(left - right) <= 1 or abs(left - right - ahead) <= SLACK.total_seconds()


def moments(value: Json, at: str = "") -> dict[str, datetime]:
    """Every time in an object that tells when something happened to it, by its path."""
    found: dict[str, datetime] = {}
    for key, inner in value.items() if isinstance(value, dict) else ():
        path = f"{at}.{key}" if at else key
        if isinstance(inner, str) and key not in ROW_TIMES and (time := instant(inner)):
            found[path] = time
        elif key in {"state", "state_details"}:
            found |= moments(inner, path)
    return found


def gaps(times: dict[str, datetime]) -> dict[tuple[str, str], timedelta]:
    """Return the spans between each two of the times."""
    return {(a, b): times[b] - times[a] for a, b in combinations(sorted(times), 2)}


def gaps_agree(pair: tuple[str, str], left: timedelta, right: timedelta) -> bool:
    """Whether both tell of one moment, or of one thing after the other."""
    for_now = any(word in name for name in pair for word in ("scheduled", "expected"))
    moment = AROUND_NOW if for_now else ONE_MOMENT
    return max(abs(left), abs(right)) < moment or left.total_seconds() * right.total_seconds() > 0


def movement(before: Json, now: Json) -> str:
    """Return how a value differs between two answers: same, later, earlier or changed."""
    if before == now:
        return "same"
    times = [instant(value) if isinstance(value, str) else None for value in (before, now)]
    if times[0] is None or times[1] is None:
        return "changed"
    return "later" if times[0] < times[1] else "earlier"
