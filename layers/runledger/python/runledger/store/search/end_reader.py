"""Reads task runs in the order of their ends, the last one first.

Many end soon after their expected start (`sort_keys.SOON`): the entries by state of the terminal
types tell of them. The others have entries by their end.
"""

import heapq
from collections.abc import Callable, Iterator
from itertools import repeat
from math import isqrt
from operator import itemgetter
from typing import NamedTuple

from runledger.store import items
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.sort_keys import SEPARATOR
from runledger.store.search.creation_reader import COMMON
from runledger.store.search.nearby import NEVER, Nearby, in_order_of_ranks, time_of
from runledger.store.search.planner import Walk

WITHIN = sort_keys.SOON // sort_keys.MICROSECOND

# Entries that are read at first of each of the other types of state: few runs end in them.
FIRST_OF_OTHERS = 4


class EndReader(NamedTuple):
    """Reads the entries of a walk by end, and of the walk beside it, by state.

    A run that goes from one terminal state to another meanwhile may be missed. `page_size` says
    how many to read at first of each of so many partitions.
    """

    table: Table
    walk: Walk
    soon: Walk
    page_size: Callable[[int], int | None]

    def entries(self) -> Iterator[Item]:
        """Yield the entries of the runs that ended."""
        found = in_order_of_ranks(
            map(_told_by_state, self._merged(self.soon)),
            map(_apart, self._merged(self.walk)),
            within=WITHIN,
            backwards=True,
            reverse=True,
        )
        return (one.entry for one in found)

    def _merged(self, walk: Walk) -> Iterator[Item]:
        streams = self.table.query_each(map(self._query, repeat(walk), walk.partitions))
        return heapq.merge(*streams, key=itemgetter(walk.index.range), reverse=True)

    def _query(self, walk: Walk, partition: str) -> Query:
        """Return a query whose second page is short, so that the first needs little margin."""
        where = in_index(walk.index, partition, walk.between)
        query = Query(where, walk.index.name, reverse=True)
        page = self.page_size(len(self.walk.partitions))
        if page is None:
            return query
        half = -(-page // 2)
        if walk.index == indexes.BY_END:
            return query._replace(page=half, second_page=half)
        if keys.state_type_of_shard(partition) == COMMON:
            return query._replace(page=page - isqrt(page), second_page=half)
        return query._replace(page=min(page, FIRST_OF_OTHERS))


def _told_by_state(entry: Item) -> Nearby:
    """Return a run's place by its end, which may be soon after its expected start.

    Both sort keys end alike, in what orders ties.
    """
    expected, _, tie_break = entry[indexes.BY_STATE.range].partition(SEPARATOR)
    ended = items.end_of(entry)
    rank = SEPARATOR.join((sort_keys.instant(ended) if ended else "", tie_break))
    end, start = time_of(rank), time_of(expected)
    return Nearby(start, end, rank, entry, end > NEVER and 0 <= end - start <= WITHIN)


def _apart(entry: Item) -> Nearby:
    rank = entry[indexes.BY_END.range]
    return Nearby(NEVER, time_of(rank), rank, entry)
