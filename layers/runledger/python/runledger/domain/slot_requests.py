"""What is answered to who asks for slots: what can't be had at all, and how long to wait."""

from collections.abc import Sequence
from typing import Literal

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.errors import Invalid
from runledger.domain.random_values import jittered

Mode = Literal["concurrency", "rate_limit"]

JITTER = 0.3


def refuse_impossible(limits: Sequence[ConcurrencyLimit], slots: int, mode: Mode) -> None:
    """Refuse what no waiting would bring.

    Raises:
        Invalid: more slots than there are, or the rate of what has none.
    """
    if any(limit.limit < slots for limit in limits):
        raise Invalid("Slots requested is greater than the limit")
    lasting = [limit.name for limit in limits if not limit.decays]
    if mode == "rate_limit" and lasting:
        raise Invalid(
            "Only concurrency limits with slot decay can be used for rate limiting."
            f" The following limits do not have a decay configured: {','.join(lasting)!r}"
        )


def seconds_to_wait(
    limits: Sequence[ConcurrencyLimit], slots: int, random_fraction: float
) -> float:
    """Return how long who found a limit full is to wait: for the most wanted of them."""
    wanted = max(limits, key=lambda limit: _share_wanted(limit, slots))
    return jittered(_average_wait(wanted, slots), JITTER, random_fraction)


def _share_wanted(limit: ConcurrencyLimit, slots: int) -> float:
    waiting = slots + limit.denied_slots
    return waiting if limit.decays else waiting / limit.limit


def _average_wait(limit: ConcurrencyLimit, slots: int) -> float:
    wanted = _share_wanted(limit, slots)
    if limit.decays:
        return wanted / limit.slot_decay_per_second
    occupied = min(limit.avg_slot_occupancy_seconds, limit.max_wait)
    return min(occupied * wanted, limit.max_wait)
