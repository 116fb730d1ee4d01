"""Requests for slots: refuse impossible ones, compute the wait for full limits."""

from collections.abc import Sequence
from typing import Literal

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.errors import Invalid
from runledger.domain.random_values import jittered

Mode = Literal["concurrency", "rate_limit"]

JITTER = 0.3


def refuse_impossible(limits: Sequence[ConcurrencyLimit], slots: int, mode: Mode) -> None:
    """Refuse requests that can never succeed.

    Raises:
        Invalid: they are for more slots than a limit has, or for the rate of a limit without decay.
    """
    if any(limit.limit < slots for limit in limits):
        raise Invalid("Slots requested is greater than the limit")
    without_decay = [limit.name for limit in limits if not limit.decays]
    if mode == "rate_limit" and without_decay:
        raise Invalid(
            "Only concurrency limits with slot decay can be used for rate limiting."
            f" The following limits do not have a decay configured: {','.join(without_decay)!r}"
        )


def seconds_to_wait(
    limits: Sequence[ConcurrencyLimit], slots: int, random_fraction: float
) -> float:
    """Return the wait before a retry, in seconds: that of the limit with the highest demand."""
    busiest = max(limits, key=lambda limit: _demand(limit, slots))
    return jittered(_average_wait(busiest, slots), JITTER, random_fraction)


def _demand(limit: ConcurrencyLimit, slots: int) -> float:
    waiting = slots + limit.denied_slots
    return waiting if limit.decays else waiting / limit.limit


def _average_wait(limit: ConcurrencyLimit, slots: int) -> float:
    demand = _demand(limit, slots)
    if limit.decays:
        return demand / limit.slot_decay_per_second
    occupied = min(limit.avg_slot_occupancy_seconds, limit.max_wait)
    return min(occupied * demand, limit.max_wait)
