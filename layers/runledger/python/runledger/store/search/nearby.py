"""The order of a time of runs, read from an index that has almost this order.

Most runs are created, and start, near to their expected start (`sort_keys.NEAR`). So an index by
expected start also serves the orders of these times: each entry is held back until no later one
can come before it. Runs with a time that is not near have entries apart, in an index of this order.
"""

import heapq
from bisect import insort
from collections.abc import Iterable, Iterator
from itertools import chain
from operator import attrgetter
from typing import Any, NamedTuple

from runledger.store.dynamodb.writes import Item
from runledger.store.schema import sort_keys

# Before all times, in microseconds.
NEVER = -(10**20)


def time_of(sort_key: str) -> int:
    """Return the time of a sort key, in microseconds since 1970."""
    time = sort_keys.microseconds(sort_key)
    return NEVER if time is None else time


class Nearby(NamedTuple):
    """An entry: its expected start, its other time, and the rank by that time.

    Times are in microseconds. One that is not near only tells how far the index was read.
    """

    expected: int
    time: int
    rank: Any
    entry: Item
    is_near: bool = True


def in_order_of_ranks(
    found: Iterable[Nearby],
    apart: Iterator[Nearby],
    *,
    within: int,
    backwards: bool,
    reverse: bool,
) -> Iterator[Nearby]:
    """Yield the near entries, and those apart, by rank; descending in `reverse`.

    The former come by expected start, the last one first if `backwards`; the latter by rank. Times
    that are near are not farther than `within`.
    """
    waiting = _Waiting(apart, reverse=reverse)
    for one in found:
        passed = one.expected + within if backwards else one.expected - within
        yield from waiting.passed(passed, backwards=backwards)
        if one.is_near:
            insort(waiting.near, one, key=_rank)
    yield from waiting.rest()


class _Waiting:
    """Entries that wait for their turn: near ones, sorted by rank, and those apart.

    The latter may be many: the next one is read, and no more before they are asked for.
    """

    def __init__(self, apart: Iterator[Nearby], *, reverse: bool) -> None:
        self.near: list[Nearby] = []
        self._apart, self._reverse, self._last = apart, reverse, -1 if reverse else 0
        self._next_apart = next(apart, None)

    def passed(self, time: int, *, backwards: bool) -> Iterator[Nearby]:
        """Yield those whose time is passed, the first one first."""
        while (first := self._first()) and _is_passed(first, time, backwards=backwards):
            yield first
            if first is self._next_apart:
                self._next_apart = next(self._apart, None)
            else:
                self.near.pop(self._last)

    def rest(self) -> Iterator[Nearby]:
        """Yield all of them."""
        apart = chain([self._next_apart] if self._next_apart else [], self._apart)
        near = self.near[:: self._last or 1]
        yield from heapq.merge(near, apart, key=_rank, reverse=self._reverse)

    def _first(self) -> Nearby | None:
        if not (self.near and self._next_apart):
            return self.near[self._last] if self.near else self._next_apart
        choose = max if self._reverse else min
        return choose(self.near[self._last], self._next_apart, key=_rank)


_rank = attrgetter("rank")


def _is_passed(one: Nearby, time: int, *, backwards: bool) -> bool:
    return one.time > time if backwards else one.time < time
