"""Progress of a command: a bar on a terminal, and else a line now and then."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from tqdm import tqdm

SECONDS = 10.0


class Advance(Protocol):
    """Takes the number of items that are done since the last call."""

    def __call__(self, number: int, /) -> object: ...


@contextmanager
def progress(verb: str, total: int) -> Iterator[Advance]:
    """Show how many of about so many items are done."""
    if sys.stderr.isatty():
        with tqdm(total=total, desc=verb, unit=" items", dynamic_ncols=True) as bar:
            yield bar.update
    else:
        yield _Lines(verb, total).advance


class _Lines:
    def __init__(self, verb: str, total: int) -> None:
        self._verb, self._total = verb, total
        self._done, self._said = 0, time.monotonic()

    def advance(self, number: int) -> None:
        self._done += number
        if time.monotonic() - self._said >= SECONDS:
            self._said = time.monotonic()
            sys.stderr.write(f"{self._verb}: {self._done} of about {self._total} items\n")
            sys.stderr.flush()
