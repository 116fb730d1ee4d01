"""New ids, names and other random values, from their only source."""

import secrets
from datetime import datetime
from uuid import UUID, uuid4

from runledger.domain.access import PREFIX, SECRET_BYTES
from runledger.domain.random_values import slug, uuid4_by_time, uuid7

BITS = 74


def run_id() -> UUID:
    """Return a random id, as the reference generates for flow runs, flows and deployments."""
    return uuid4()


def task_run_id(now: datetime) -> UUID:
    """Return an id that sorts by time, as those do that stock clients make for task runs.

    Those of the reference are of version 4, and so are these. A run that is to start now needs no
    entry in the table's index by id (`sort_keys.is_told_by_id`).
    """
    return uuid4_by_time(now, secrets.randbits(BITS))


def state_id(timestamp: datetime) -> UUID:
    """Return an id that sorts by time, as the reference generates for states."""
    return uuid7(timestamp, secrets.randbits(BITS))


def random_fraction() -> float:
    """Return a number in [0, 1)."""
    return secrets.randbits(BITS) / (1 << BITS)


def secret() -> str:
    """Return the secret of a new key: 256 random bits."""
    return PREFIX + secrets.token_urlsafe(SECRET_BYTES)


def name() -> str:
    """Return a random name of a run."""
    return slug(secrets.randbits(BITS))
