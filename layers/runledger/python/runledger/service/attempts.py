"""Starting over from fresh facts when somebody else wrote first."""

from collections.abc import Callable
from typing import TypeVar

from runledger.domain.errors import Moved

T = TypeVar("T")

# Each attempt loses only to a write that won, so a few are enough unless a run is stormed.
ATTEMPTS = 12


def until_it_holds(attempt: Callable[[], T]) -> T:
    """Return what an attempt returns, repeating it while the items that it read moved.

    Raises:
        Moved: the last attempt lost as well; clients try again.
    """
    for _ in range(ATTEMPTS - 1):
        try:
            return attempt()
        except Moved:
            continue
    return attempt()
