"""Reads the index of durations in the order of durations, which differs from its sort keys.

The durations of runs in RUNNING all grow at the same rate, so these runs are apart and in their own
order; runs that took equally long come backwards, whether the order is ascending or descending.
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

# Most runs that share a duration took no time at all; other durations are in microseconds.
NO_TIME = Duration(is_running=False, taken=0, expected=None, run_id=UUID(int=0))


@dataclass(frozen=True)
class DurationReader:
    """Reads entries for a page; `first_page` is how many it reads of each partition at first."""

    table: Table
    page: Page
    first_page: int

    def entries(self, partitions: tuple[str, ...]) -> Iterator[Item]:
        """Yield the entries of all partitions in the order of the page, each read as needed."""
        first = [query for partition in partitions for query in self._first_queries(partition)]
        found = self.table.query_each(first)
        # Two queries for each partition: see `_first_queries`.
        groups = zip(partitions, found, found, strict=True)
        streams = [
            stream
            for partition, backwards, others in groups
            for stream in (backwards, self._ordered(partition, others))
        ]
        return heapq.merge(*streams, key=self._rank, reverse=self.page.order.reverse)

    def _first_queries(self, partition: str) -> tuple[Query, Query]:
        """Return the first queries: of the runs that the index has in order backwards, and others.

        Ascending, the former are the runs in RUNNING, of which the last began before all others;
        descending, they are the other runs.
        """
        ascending = not self.page.order.reverse
        backwards = self._query(partition, sort_keys.durations(running=ascending), reverse=True)
        if ascending:
            no_time = sort_keys.equal_durations(NO_TIME)
            return backwards, self._query(partition, no_time, reverse=True)
        return backwards, self._query(partition, sort_keys.durations(running=True))

    def _ordered(self, partition: str, found: Iterator[Item]) -> Iterator[Item]:
        if not self.page.order.reverse:
            yield from found
            found = self.table.query(self._query(partition, sort_keys.longer_durations(NO_TIME)))
        rest: Iterator[Item] | None = found
        while rest is not None:
            rest = yield from self._with_ties_backwards(partition, rest)

    def _with_ties_backwards(
        self, partition: str, entries: Iterator[Item]
    ) -> Generator[Item, None, Iterator[Item] | None]:
        """Yield entries, reversing those of equal durations until too many are equal for memory.

        Those are read backwards from the index; returns the entries after them, None at the end.
        """
        for _, equal in groupby(entries, key=_taken):
            ties = list(islice(equal, max(self.first_page, 2)))
            if len(ties) < max(self.first_page, 2):
                yield from reversed(ties)
                continue
            duration = _duration(ties[0])
            backwards = self._query(partition, sort_keys.equal_durations(duration), reverse=True)
            yield from self.table.query(backwards)
            return self.table.query(self._query(partition, sort_keys.longer_durations(duration)))
        return None

    def _query(self, partition: str, between: tuple[str, str], *, reverse: bool = False) -> Query:
        where = in_index(indexes.BY_DURATION, partition, between)
        return Query(where, indexes.BY_DURATION.name, reverse, self.first_page)

    def _rank(self, entry: Item) -> tuple[int, ...]:
        return rank_by_duration(_duration(entry), self.page)


def _duration(entry: Item) -> Duration:
    return read_duration(entry[indexes.BY_DURATION.range])


def _taken(entry: Item) -> int:
    return _duration(entry).taken


def read_duration(sort_key: str) -> Duration:
    """Parse the result of `sort_keys.duration_sort_key`."""
    group, taken, expected, run_id = sort_key.split(sort_keys.SEPARATOR)
    start = int(expected) - sort_keys.ZERO if expected else None
    return Duration(group == sort_keys.RUNNING, int(taken) - sort_keys.ZERO, start, UUID(run_id))
