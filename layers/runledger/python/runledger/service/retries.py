"""Retries a use case from fresh reads when another write came first."""

import time
from collections.abc import Callable
from typing import TypeVar

from runledger import ids
from runledger.domain.errors import WriteConflict

T = TypeVar("T")

# The maximum of the random pause after each attempt, in seconds. An attempt fails only because
# another write succeeded, so that many writers of one item finish one after the other, within some
# two seconds.
PAUSES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32, 0.64, 0.64, 0.64)


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Return the attempt's result; repeat the attempt while the items that it read change.

    Raises:
        WriteConflict: the last attempt failed, too; clients try again.
    """
    for longest in PAUSES:
        try:
            return attempt()
        except WriteConflict:
            time.sleep(longest * ids.random_fraction())
    return attempt()
