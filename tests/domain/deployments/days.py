"""Days on which dateutil decides whether a schedule's rule applies."""

from collections.abc import Callable

import pytest
from dateutil import rrule

Dayset = tuple[list[int | None], int, int]


def count_days(patch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that grows with each look: by the days, or moments of a day, that are seen."""
    seen: list[int] = []

    def counting(look: Callable[..., Dayset]) -> Callable[..., Dayset]:
        def count(*args: object) -> Dayset:
            days = look(*args)
            seen.append(days[2] - days[1])
            return days

        return count

    calendar = vars(rrule)["_iterinfo"]
    for name in ("ydayset", "mdayset", "wdayset", "ddayset"):
        patch.setattr(calendar, name, counting(getattr(calendar, name)))
    return seen
