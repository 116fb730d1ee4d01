"""Reads task runs in the order of their ends, the last one first.

Most end near to their expected start: the entries by state of the terminal types tell of them.
The others have entries by their end.
"""

import heapq
from collections.abc import Callable, Iterator
from operator import itemgetter
from typing import NamedTuple

from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.runs.task_run_items import read_facts
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.search.creation_reader import COMMON
from runledger.store.search.nearby import NEVER, Nearby, in_order_of_ranks, time_of
from runledger.store.search.planner import Walk

# Entries that are read at first of each of the other types of state: few runs end in them.
FIRST_OF_OTHERS = 4


class EndReader(NamedTuple):
    """Reads the entries of a walk by end, and of the walk beside it, by state.

    A run that goes from one terminal state to another meanwhile may be missed. `page_size` says
    how many to read at first of each of so many partitions.
    """

    table: Table
    walk: Walk
    near_ends: Walk
    page_size: Callable[[int], int | None]

    def entries(self) -> Iterator[Item]:
        """Yield the entries of the runs that ended."""
        found = in_order_of_ranks(
            map(_told_by_state, self._merged(self.near_ends)),
            map(_apart, self._merged(self.walk)),
            within=sort_keys.NEAR,
            backwards=True,
            reverse=True,
        )
        return (one.entry for one in found)

    def _merged(self, walk: Walk) -> Iterator[Item]:
        streams = self.table.query_each(
            Query(
                in_index(walk.index, partition, walk.between),
                walk.index.name,
                reverse=True,
                page=self._first_page(partition),
            )
            for partition in walk.partitions
        )
        return heapq.merge(*streams, key=itemgetter(walk.index.range), reverse=True)

    def _first_page(self, partition: str) -> int | None:
        """Return how many entries to read at first: two pages of those by end are a whole page."""
        page = self.page_size(len(self.walk.partitions))
        if page is None:
            return None
        if partition in self.walk.partitions:
            return -(-page // 3)
        is_common = keys.state_type_of_shard(partition) == COMMON
        return page if is_common else min(page, FIRST_OF_OTHERS)


def _told_by_state(entry: Item) -> Nearby:
    """Return a run's place by its end, which may be near to its expected start."""
    facts = read_facts(entry)
    expected = sort_keys.microseconds(entry[indexes.BY_STATE.range])
    rank = sort_keys.time_sort_key(facts.end_time, facts.created, facts.id)
    end = time_of(rank)
    is_near = sort_keys.is_near(end, expected)
    return Nearby(NEVER if expected is None else expected, end, rank, entry, is_near)


def _apart(entry: Item) -> Nearby:
    rank = entry[indexes.BY_END.range]
    return Nearby(NEVER, time_of(rank), rank, entry)
