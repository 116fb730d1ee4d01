"""Starting over from fresh facts when somebody else wrote first."""

import time
from collections.abc import Callable
from typing import TypeVar

from runledger import ids
from runledger.domain.errors import WriteConflict

T = TypeVar("T")

# Each attempt loses only to a write that won. The longest of the random pauses between attempts, in
# seconds: they let many who race for one item finish one after the other, within some two seconds.
PAUSES = (0.0, 0.005, 0.01, 0.02, 0.04, 0.08, 0.16, 0.32, 0.32, 0.64, 0.64, 0.64)


def retry_on_conflict(attempt: Callable[[], T]) -> T:
    """Return what an attempt returns, repeating it while the items that it read moved.

    Raises:
        WriteConflict: the last attempt lost as well; clients try again.
    """
    for longest in PAUSES:
        try:
            return attempt()
        except WriteConflict:
            time.sleep(longest * ids.random_fraction())
    return attempt()
