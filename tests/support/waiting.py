"""Wait for what happens in another thread or another process."""

import time
from collections.abc import Callable

PAUSE = 0.02  # seconds


def wait_until(holds: Callable[[], object], seconds: float = 30) -> None:
    """Return once it holds. Raises TimeoutError when that takes longer than these seconds."""
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(PAUSE)
