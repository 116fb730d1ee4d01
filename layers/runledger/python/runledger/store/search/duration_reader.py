"""Reads runs in the order of their durations.

The durations of runs in RUNNING all grow at the same rate, so these runs are apart and in their own
order; runs that took equally long come backwards, whether the order is ascending or descending.

Only runs that took some time, or have ended, have entries by duration, and those in RUNNING that
did not begin near to their expected start. The entries by state tell of all others.
"""

import heapq
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain, groupby, islice
from operator import attrgetter, itemgetter
from uuid import UUID

from runledger.domain.runs.facts import Duration, duration
from runledger.domain.runs.states import TERMINAL, StateType
from runledger.domain.sorting import Page, rank_by_duration
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import MAX_ENTRIES, Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.runs.task_run_items import is_told_by_state, read_facts
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.search import planner
from runledger.store.search.nearby import NEVER, Nearby, in_order_of_ranks

# Most runs that share a duration took no time at all; other durations are in microseconds.
NO_TIME = Duration(is_running=False, taken=0, expected=None, run_id=UUID(int=0))

# Entries of such a type of state that are read at first: they take one read unit.
FIRST_OF_EACH = 4
NOT_BEGUN = tuple(
    state_type for state_type in StateType if state_type not in {*TERMINAL, StateType.RUNNING}
)


@dataclass(frozen=True)
class DurationReader:
    """Reads entries for a page.

    `page_size` says how many to read at first of each of so many partitions.
    """

    table: Table
    page: Page
    shards: int
    page_size: Callable[[int], int | None]

    def entries(self) -> Iterator[Item]:
        """Yield the entries of all shards in the order of the page, each read as needed."""
        partitions = planner.partitions(keys.TASK_RUN, self.shards)
        first = [query for partition in partitions for query in self._first_queries(partition)]
        found = self.table.query_each(first)
        # Two queries for each partition: see `_first_queries`.
        groups = list(zip(partitions, found, found, strict=True))
        backwards = self._merged(self._ranked(stream) for _, stream, _ in groups)
        others = self._merged(
            self._ranked(self._ordered(partition, stream)) for partition, _, stream in groups
        )
        running, done = (others, backwards) if self._descends else (backwards, others)
        begun = self._merged([self._running(running), done])
        return (one.entry for one in self._with_not_begun(begun))

    @cached_property
    def _first_page(self) -> int:
        """Return how many entries by duration are read at first of each shard."""
        return self.page_size(self.shards) or MAX_ENTRIES

    @property
    def _descends(self) -> bool:
        return self.page.order.reverse

    def _merged(self, streams: Iterable[Iterator[Nearby]]) -> Iterator[Nearby]:
        return heapq.merge(*streams, key=_rank, reverse=self._descends)

    def _running(self, apart: Iterator[Nearby]) -> Iterator[Nearby]:
        """Yield the runs in RUNNING: descending, those come first that began first."""
        return in_order_of_ranks(
            self._by_state([StateType.RUNNING], reverse=not self._descends),
            apart,
            within=sort_keys.NEAR,
            backwards=not self._descends,
            reverse=self._descends,
        )

    def _with_not_begun(self, begun: Iterator[Nearby]) -> Iterator[Nearby]:
        """Add the runs that have not begun; descending, they are read after all that took time."""
        for one in begun:
            if not self._descends or one.rank[0] <= 0:
                begun = chain([one], begun)
                break
            yield one
        yield from self._merged([begun, self._not_begun()])

    def _not_begun(self) -> Iterator[Nearby]:
        """Yield the runs that took no time: the last expected start comes first in any order."""
        return in_order_of_ranks(
            self._by_state(NOT_BEGUN, reverse=True),
            iter(()),
            within=0,
            backwards=True,
            reverse=self._descends,
        )

    def _by_state(self, types: Sequence[StateType], *, reverse: bool) -> Iterator[Nearby]:
        """Yield the runs in states of some types by their expected start."""
        index = indexes.BY_STATE
        partitions = keys.state_shards(keys.TASK_RUN, types, self.shards)
        page = self.page_size(self.shards) or MAX_ENTRIES
        # Few runs have not begun, in most cases.
        page = page if len(types) == 1 else min(page, FIRST_OF_EACH)
        found = self.table.query_each(
            Query(in_index(index, partition, None), index.name, reverse, page)
            for partition in partitions
        )
        entries = heapq.merge(*found, key=itemgetter(index.range), reverse=reverse)
        return map(self._told_by_state, entries)

    def _told_by_state(self, entry: Item) -> Nearby:
        facts = read_facts(entry)
        of_run = duration(facts)
        expected = NEVER if of_run.expected is None else of_run.expected
        time = of_run.taken if of_run.is_running else expected
        rank = rank_by_duration(of_run, self.page)
        return Nearby(expected, time, rank, entry, is_told_by_state(facts))

    def _first_queries(self, partition: str) -> tuple[Query, Query]:
        """Return the first queries: of the runs that the index has in order backwards, and others.

        Ascending, the former are the runs in RUNNING, of which the last began before all others;
        descending, they are the other runs.
        """
        ascending = not self._descends
        backwards = self._query(partition, sort_keys.durations(running=ascending), reverse=True)
        if ascending:
            no_time = sort_keys.equal_durations(NO_TIME)
            return backwards, self._query(partition, no_time, reverse=True)
        return backwards, self._query(partition, sort_keys.durations(running=True))

    def _ordered(self, partition: str, found: Iterator[Item]) -> Iterator[Item]:
        if not self._descends:
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
            ties = list(islice(equal, max(self._first_page, 2)))
            if len(ties) < max(self._first_page, 2):
                yield from reversed(ties)
                continue
            of_ties = _duration(ties[0])
            backwards = self._query(partition, sort_keys.equal_durations(of_ties), reverse=True)
            yield from self.table.query(backwards)
            return self.table.query(self._query(partition, sort_keys.longer_durations(of_ties)))
        return None

    def _query(self, partition: str, between: tuple[str, str], *, reverse: bool = False) -> Query:
        where = in_index(indexes.BY_DURATION, partition, between)
        # Few more than the first ones are needed, if any.
        half = -(-self._first_page // 2)
        name = indexes.BY_DURATION.name
        return Query(where, name, reverse, self._first_page, second_page=half)

    def _ranked(self, entries: Iterator[Item]) -> Iterator[Nearby]:
        for entry in entries:
            of_run = _duration(entry)
            yield Nearby(NEVER, of_run.taken, rank_by_duration(of_run, self.page), entry)


_rank = attrgetter("rank")


def _duration(entry: Item) -> Duration:
    return read_duration(entry[indexes.BY_DURATION.range])


def _taken(entry: Item) -> int:
    return _duration(entry).taken


def read_duration(sort_key: str) -> Duration:
    """Parse the result of `sort_keys.duration_sort_key`."""
    group, taken, expected, run_id = sort_key.split(sort_keys.SEPARATOR)
    start = int(expected) - sort_keys.ZERO if expected else None
    return Duration(group == sort_keys.RUNNING, int(taken) - sort_keys.ZERO, start, UUID(run_id))
