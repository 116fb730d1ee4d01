"""What can be read to find things, and in which order it comes: the shapes that plans are made of.

A plan may read too much, never too little: whoever carries it out applies the whole criteria.
"""

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from runledger.domain.filters.criteria import Criteria
from runledger.domain.sorting import DURATION, Order
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.indexes import Index
from runledger.store.schema.keys import Key

# What narrows must hold in any case: only criteria that are joined by this operator do.
AND = "and_"

# Indexes whose entries carry the facts of a thing, so that they decide a filter by themselves.
WIDE = frozenset({indexes.BY_OWNER, indexes.BY_STATE, indexes.BY_EXPECTED_START})

# The columns in whose order an index yields its entries. What has no expected start or end, a flow,
# has its place in these indexes by when it was created and updated.
COLUMNS: Mapping[Index, AbstractSet[str]] = {
    indexes.BY_OWNER: {"id"},
    indexes.BY_STATE: {"expected_start_time"},
    indexes.BY_EXPECTED_START: {"expected_start_time", "created"},
    indexes.BY_ID: {"id"},
    indexes.BY_NAME: {"name"},
    indexes.BY_START: {"start_time"},
    indexes.BY_END: {"end_time", "updated"},
    indexes.BY_NEXT_SCHEDULED_START: {"next_scheduled_start_time"},
    indexes.BY_DURATION: {DURATION},
}

# The index that has everything of a kind in the order of a column.
WHOLE: Mapping[str, Index] = {
    "id": indexes.BY_ID,
    "expected_start_time": indexes.BY_EXPECTED_START,
    "name": indexes.BY_NAME,
    "end_time": indexes.BY_END,
    "next_scheduled_start_time": indexes.BY_NEXT_SCHEDULED_START,
    "start_time": indexes.BY_START,
    "created": indexes.BY_EXPECTED_START,
    "updated": indexes.BY_END,
    DURATION: indexes.BY_DURATION,
}


@dataclass(frozen=True)
class Lookup:
    """Read items by their keys."""

    name: str
    keys: tuple[Key, ...]


@dataclass(frozen=True)
class Follow:
    """Read what pointers lead to: those in ranges of partitions, and those with some keys."""

    name: str
    ranges: tuple[tuple[str, tuple[str, str]], ...] = ()
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Walk:
    """Read partitions of an index, whole or between two places.

    `bounded` says that what they hold is as many as one owner has, not as the table has; `bare`,
    that entries carry no facts though others of the index do.
    """

    name: str
    index: Index
    partitions: tuple[str, ...]
    between: tuple[str, str] | None = None
    bounded: bool = False
    bare: bool = False

    @property
    def wide(self) -> bool:
        """Whether the entries tell if a thing is wanted."""
        return self.index in WIDE and not self.bare

    def yields(self, order: Order) -> bool:
        """Whether the entries come in the order."""
        return order.column in COLUMNS[self.index]


Read = Lookup | Follow | Walk


def is_bounded(read: Read) -> bool:
    """Tell whether a plan finds as much as is named, and not as much as the table has."""
    return not isinstance(read, Walk) or read.bounded


# For criteria that contradict each other; DynamoDB refuses a range that ends before it begins.
NOTHING = Lookup("nothing", ())


Path = Callable[[Criteria, int], Read | None]
"""From what is wanted, and the number of shards, to what is to be read; None: it can't help."""

Paths = Mapping[str, Path]
"""Access paths by the filter that each serves, the cheapest first."""


def narrowest(paths: Paths, criteria: Criteria, shards: int) -> Read | None:
    """Return the first read that a path offers."""
    offers = (path(criteria, shards) for path in paths.values())
    return next((requeue for requeue in offers if requeue is not None), None)


def everything(kind: str, order: Order, shards: int) -> Walk:
    """Read all of a kind, in the order."""
    index = WHOLE[order.column]
    return Walk(f"all_{index.name}", index, partitions(kind, shards))


def expected_between(kind: str, low: datetime, high: datetime, shards: int) -> Walk:
    """Read the runs expected to start from one time to another."""
    index = indexes.BY_EXPECTED_START
    return Walk(index.name, index, partitions(kind, shards), sort_keys.between(low, high))


def partitions(kind: str, shards: int) -> tuple[str, ...]:
    """Return the partitions over which a kind is spread in the indexes of orders."""
    return tuple(keys.shard(kind, number) for number in range(shards))
