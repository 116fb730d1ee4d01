"""Delays drawn at random, so that many runs do not come back at once (orchestration 3)."""

from math import exp, log, log2

# From here on the lower bound is too small to tell from none.
WIDEST = 50


def jittered(average: float, factor: float, random_fraction: float) -> float:
    """Return a delay around the average, in its unit.

    It is drawn from the exponential distribution with that mean, cut so that it is at most
    (1 + factor) times the average; `random_fraction` in [0, 1) picks it.
    """
    widest = 1 + factor
    lowest = log2(2**widest / (2**widest - 1)) if widest < WIDEST else 0.0
    low, high = (1 - exp(-bound) for bound in (lowest, widest))
    drawn = low + random_fraction * (high - low)
    # Where the bounds are too close to one to tell, the upper one still holds.
    return average * (min(widest, -log(1 - drawn)) if drawn < 1 else widest)
