"""Compares costs where a request names many owners: one query for each, or reading everything."""

from runledger.store.dynamodb.table import Table
from runledger.store.runs.state_counts import StateCountStore
from runledger.store.search.entities import EntityType, F, R
from runledger.store.search.planner import Follow, Read, Walk

# Reading the counters takes 8 read units, which is worth it from this number of queries on.
MANY_QUERIES = 200

# Index entries that cost as much to read as a query that finds none or few: half a read unit reads
# 4 KB, and entries have about 500 bytes. A query takes the time of some 25 entries.
ENTRIES_PER_QUERY = 8


def costs_more_than_all(
    read: Read | None, table: Table, entity_type: EntityType[F, R], many_queries: int
) -> bool:
    """Return whether a plan costs more than reading all entities of its type; False if unknown."""
    queries = _queries(read)
    if queries < many_queries or not entity_type.is_counted:
        return False
    total = StateCountStore(table).totals(entity_type.name).total()
    return total <= ENTRIES_PER_QUERY * queries


def _queries(read: Read | None) -> int:
    if isinstance(read, Walk):
        return len(read.partitions) + _queries(read.beside)
    return len(read.ranges) if isinstance(read, Follow) else 0
