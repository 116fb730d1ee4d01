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

# Before all times, in microseconds.
NEVER = -(10**20)


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
    held: list[Nearby] = []
    last = -1 if reverse else 0
    next_apart = next(apart, None)
    for one in found:
        passed = one.expected + within if backwards else one.expected - within
        while next_apart and _is_passed(next_apart, passed, backwards=backwards):
            insort(held, next_apart, key=_rank)
            next_apart = next(apart, None)
        while held and _is_passed(held[last], passed, backwards=backwards):
            yield held.pop(last)
        if one.is_near:
            insort(held, one, key=_rank)
    rest = chain([next_apart] if next_apart else [], apart)
    yield from heapq.merge(held[:: last or 1], rest, key=_rank, reverse=reverse)


_rank = attrgetter("rank")


def _is_passed(one: Nearby, time: int, *, backwards: bool) -> bool:
    return one.time > time if backwards else one.time < time
