"""New ids and names: the only place that draws on chance for them."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from runledger.domain.random_values import slug, uuid7

BITS = 74


def run_id() -> UUID:
    """Return a random id, as the reference gives to runs and flows."""
    return uuid4()


def state_id(entered: datetime) -> UUID:
    """Return an id that sorts by time, as the reference gives to states."""
    return uuid7(entered, secrets.randbits(BITS))


def random_fraction() -> float:
    """Return a number in [0, 1)."""
    return secrets.randbits(BITS) / (1 << BITS)


def name() -> str:
    """Return a name for a run that was given none."""
    return slug(secrets.randbits(BITS))
