"""Reads task runs in the order of their ids.

Most ids begin with the time at which they were made, which is the expected start of most runs
(`sort_keys.is_told_by_id`). The index by it has these in almost this order; the others have entries
by id.
"""

import heapq
from collections.abc import Iterator
from itertools import islice
from operator import itemgetter

from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.indexes import BY_EXPECTED_START, BY_ID, Index
from runledger.store.schema.sort_keys import AT_ONCE, MICROSECOND
from runledger.store.search.nearby import NEVER, Nearby, in_order_of_ranks, time_of
from runledger.store.search.planner import Walk


def in_order_of_ids(table: Table, walk: Walk, *, reverse: bool, page: int | None) -> Iterator[Item]:
    """Yield the entries of the runs in all partitions of a walk; descending in `reverse`.

    `page` says how many to read at first of each partition. If those end amid many runs of one
    moment, half as many more are enough.
    """
    half = page and -(-page // 2)
    found = table.query_each(
        Query(in_index(index, partition, None), index.name, reverse, page, second_page=half)
        for index in (BY_EXPECTED_START, BY_ID)
        for partition in walk.partitions
    )

    def merged(index: Index) -> Iterator[Item]:
        streams = list(islice(found, len(walk.partitions)))
        return heapq.merge(*streams, key=itemgetter(index.range), reverse=reverse)

    in_order = in_order_of_ranks(
        map(_nearby, merged(BY_EXPECTED_START)),
        map(_apart, merged(BY_ID)),
        within=AT_ONCE // MICROSECOND,
        backwards=reverse,
        reverse=reverse,
    )
    return (one.entry for one in in_order)


def _nearby(entry: Item) -> Nearby:
    expected, run_id = time_of(entry[BY_EXPECTED_START.range]), keys.id_in(entry["pk"])
    time = sort_keys.time_of_id(run_id)
    return Nearby(expected, time, run_id, entry, sort_keys.is_at_once(time, expected))


def _apart(entry: Item) -> Nearby:
    return Nearby(NEVER, sort_keys.time_of_id(entry["id"]), entry["id"], entry)
