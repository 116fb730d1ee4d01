"""Wait for what happens in another thread or another process."""

import time
from collections.abc import Callable

PAUSE = 0.02  # seconds


def wait_until(holds: Callable[[], object], seconds: float = 30, pause: float = PAUSE) -> None:
    """Return once it holds, asked again after a pause.

    Raises TimeoutError when that takes longer than these seconds.
    """
    deadline = time.monotonic() + seconds
    while not holds():
        if time.monotonic() > deadline:
            raise TimeoutError
        time.sleep(pause)
