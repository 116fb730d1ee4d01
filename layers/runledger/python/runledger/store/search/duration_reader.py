"""Reading an index in the order of durations, which is not quite that of its places.

The durations of runs in RUNNING grow, all alike, so these stand apart and in their own order; and
runs that took as long come backwards, whether the order itself goes upwards or downwards.
"""

import heapq
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from uuid import UUID

from runledger.domain.runs.facts import Duration
from runledger.domain.sorting import Page, rank_by_duration
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import indexes, sort_keys

# Most runs that share a duration took no time at all; the others were measured in microseconds.
NO_TIME = Duration(is_running=False, taken=0, expected=None, run_id=UUID(int=0))


@dataclass(frozen=True)
class DurationReader:
    """Reads entries for a page, from each partition so many at first."""

    table: Table
    page: Page
    at_first: int

    def entries(self, partitions: tuple[str, ...]) -> Iterator[Item]:
        """Yield the entries of all partitions in the order of the page, each read as needed."""
        first = [query for one in partitions for query in self._first(one)]
        new_run_writes = self.table.query_each(first)
        # Two of each partition: see `_first`.
        pairs = zip(partitions, new_run_writes, new_run_writes, strict=True)
        streams = [it for one, *pair in pairs for it in (pair[0], self._ordered(one, pair[1]))]
        return heapq.merge(*streams, key=self._rank, reverse=self.page.order.reverse)

    def _first(self, partition: str) -> tuple[Query, Query]:
        """Return what is read first: of what the index has in order backwards, and of the rest.

        Upwards the former are the runs in RUNNING, of which the last began before all others;
        downwards it is the other runs.
        """
        upwards = not self.page.order.reverse
        backwards = self._query(partition, sort_keys.durations(running=upwards), reverse=True)
        if upwards:
            return backwards, self._query(partition, sort_keys.as_long_as(NO_TIME), reverse=True)
        return backwards, self._query(partition, sort_keys.durations(running=True))

    def _ordered(self, partition: str, new_run_writes: Iterator[Item]) -> Iterator[Item]:
        if not self.page.order.reverse:
            yield from new_run_writes
            new_run_writes = self.table.query(
                self._query(partition, sort_keys.longer_than(NO_TIME))
            )
        rest: Iterator[Item] | None = new_run_writes
        while rest is not None:
            rest = yield from self._with_ties_backwards(partition, rest)

    def _with_ties_backwards(
        self, partition: str, entries: Iterator[Item]
    ) -> Generator[Item, None, Iterator[Item] | None]:
        """Turn around those that took as long, up to where they are too many to be held.

        These are read backwards, and what follows them is returned.
        """
        for _, alike in groupby(entries, key=_taken):
            some = list(islice(alike, max(self.at_first, 2)))
            if len(some) < max(self.at_first, 2):
                yield from reversed(some)
                continue
            duration = _duration(some[0])
            ties = self._query(partition, sort_keys.as_long_as(duration), reverse=True)
            yield from self.table.query(ties)
            return self.table.query(self._query(partition, sort_keys.longer_than(duration)))
        return None

    def _query(self, partition: str, between: tuple[str, str], *, reverse: bool = False) -> Query:
        where = in_index(indexes.BY_DURATION, partition, between)
        return Query(where, indexes.BY_DURATION.name, reverse, self.at_first)

    def _rank(self, entry: Item) -> tuple[int, ...]:
        return rank_by_duration(_duration(entry), self.page)


def _duration(entry: Item) -> Duration:
    return read_duration(entry[indexes.BY_DURATION.range])


def _taken(entry: Item) -> int:
    return _duration(entry).taken


def read_duration(place: str) -> Duration:
    """Read back what `sort_keys.duration_place` spelled."""
    apart, taken, expected, run_id = place.split(sort_keys.SEPARATOR)
    when = int(expected) - sort_keys.ZERO if expected else None
    return Duration(apart == sort_keys.RUNNING, int(taken) - sort_keys.ZERO, when, UUID(run_id))
