"""Which plan costs less where a request names many owners: to ask for each, or to read all."""

from runledger.store.dynamodb.table import Table
from runledger.store.runs import derived_items
from runledger.store.search.entities import EntityType, F, R
from runledger.store.search.planner import Follow, Read, Walk

# To learn how many things there are takes 64 read units, and is worth it from so many queries on.
MANY_QUERIES = 200

# Entries of an index that cost as much to read as a query that finds none or few: half a read unit
# is good for 4 KB, and they have about 500 bytes. A query takes the time of some 25 of them.
ENTRIES_PER_QUERY = 8


def costs_more_than_all(
    read: Read | None, table: Table, kind: EntityType[F, R], many_queries: int
) -> bool:
    """Tell whether a plan costs more than to read all things of its kind, as far as is known."""
    queries = _queries(read)
    if queries < many_queries or not kind.is_counted:
        return False
    return derived_items.read_totals(table, kind.name).total() <= ENTRIES_PER_QUERY * queries


def _queries(read: Read | None) -> int:
    if isinstance(read, Walk):
        return len(read.partitions)
    return len(read.ranges) if isinstance(read, Follow) else 0
