"""Processor seconds of servers and their databases, read from outside (Linux only)."""

import os
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import NamedTuple, TypeVar

DATABASES = {"dynoxide", "postgres"}
# A process names itself in 15 bytes, in brackets; its parent is the second field behind them.
PARENT = 1

Given = TypeVar("Given")


class Seconds(NamedTuple):
    """Of a server's processes, and of the processes of its database."""

    server: float
    database: float

    def plus(self, other: "Seconds") -> "Seconds":
        """Return the sums."""
        return Seconds(self.server + other.server, self.database + other.database)

    def minus(self, other: "Seconds") -> "Seconds":
        """Return the differences."""
        return self.plus(other.times(-1))

    def times(self, factor: float) -> "Seconds":
        """Return both, multiplied."""
        return Seconds(self.server * factor, self.database * factor)


class Watched(NamedTuple):
    """Processes with all that they start."""

    roots: Sequence[int]

    def seconds(self) -> Seconds:
        """Return what they have taken so far; those that have ended are no longer counted."""
        taken = {True: 0.0, False: 0.0}
        children = _children()
        for pid, name in _descendants(self.roots, children):
            taken[name in DATABASES] += _clock(pid)
        return Seconds(server=taken[False], database=taken[True])


@contextmanager
def watched(server: AbstractContextManager[Given]) -> Iterator[tuple[Given, Watched]]:
    """Enter a context that starts processes, and watch these."""
    before = {pid for pid, _ in _children()[os.getpid()]}
    with server as given:
        started = [pid for pid, _ in _children()[os.getpid()] if pid not in before]
        yield given, Watched(started)


def _descendants(
    roots: Sequence[int], children: Mapping[int, Sequence[tuple[int, str]]]
) -> Iterator[tuple[int, str]]:
    names = dict(child for family in children.values() for child in family)
    waiting = [(pid, names[pid]) for pid in roots if pid in names]
    while waiting:
        found = waiting.pop()
        yield found
        waiting += children[found[0]]


def _children() -> defaultdict[int, list[tuple[int, str]]]:
    """Return the processes of this machine by their parents: numbers and names."""
    children: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            text = (folder / "stat").read_text()
        except OSError:  # it has ended
            continue
        name, _, fields = text.partition("(")[2].rpartition(")")
        children[int(fields.split()[PARENT])].append((int(folder.name), name))
    return children


def _clock(pid: int) -> float:
    """Read the processor clock of a process, in seconds, exact to the nanosecond.

    The number of such a clock is what `clock_getcpuclockid(3)` makes of the process's.
    """
    try:
        return time.clock_gettime((~pid << 3) | 2)
    except OSError:  # it has ended
        return 0.0
