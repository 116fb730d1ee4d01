"""Report of a rehearsal while it runs: a line for each step, and all failures in the end."""

import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import NamedTuple


class RehearsalError(Exception):
    """The rehearsal can't go on; the message says why."""


class RehearsalFailure(NamedTuple):
    """A failed check, and all that is known of it."""

    line: str  # of the log, or of the answer
    function: str = ""
    request: str = ""
    status: int | None = None

    def __str__(self) -> str:
        known = (self.function, self.request, str(self.status or ""))
        return f"{' '.join(filter(None, known)) or 'the rehearsal'}\n    {self.line}"


@contextmanager
def step(text: str) -> Iterator[None]:
    """Print what was done and the seconds that it took, also if it fails."""
    started = time.monotonic()
    outcome = "FAILS"
    try:
        yield
        outcome = "done"
    finally:
        say(f"{outcome:5} {time.monotonic() - started:6.1f} s  {text}")


def attempt(text: str, act: Callable[[], None]) -> list[RehearsalFailure]:
    """Take a step; what it raises where something is not as it must be is its failure."""
    try:
        with step(text):
            act()
    except Exception as error:  # noqa: BLE001 whatever a step meets, the others are taken too
        failure = RehearsalFailure(f"{text}: {type(error).__name__}: {error}")
        say(f"    {failure.line}")
        return [failure]
    return []


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def conclude(failures: Iterable[RehearsalFailure]) -> int:
    """Print the failures, each once; return the exit code."""
    different = list(dict.fromkeys(failures))
    for failure in different:
        say(f"\n{failure}")
    say(f"\n{len(different)} failures" if different else "nothing failed")
    return 1 if different else 0
