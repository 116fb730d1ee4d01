"""Plans of a search: which items or index entries it reads, and in which order they come.

A plan may read too much, never too little: the executor applies all criteria to what it reads.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import NamedTuple

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.states import TERMINAL, StateType
from runledger.domain.sorting import DURATION, Order
from runledger.store.schema import indexes, keys
from runledger.store.schema.indexes import Index
from runledger.store.schema.keys import Key

# Only criteria joined by this operator narrow a search: each of them must hold.
AND = "and_"

# Indexes whose entries carry an entity's facts, so that filters need no other read.
WIDE = frozenset({indexes.BY_OWNER, indexes.BY_STATE, indexes.BY_EXPECTED_START})

# The columns in whose order an index yields its entries. Entities without an expected start and an
# end, such as flows, have their times of creation and update in these indexes.
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

# The index that has all entities of a type in the order of a column.
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


# The columns without a value of which most runs have no entry.
SPARSE = {"end_time", "next_scheduled_start_time"}

# Most task runs have no entry by id: their id has their expected start.
TOLD = {(keys.TASK_RUN, "id")}


class Lookup(NamedTuple):
    """Read items by their keys."""

    name: str
    keys: tuple[Key, ...]


class Follow(NamedTuple):
    """Read the targets of pointers: of those in ranges of partitions, and of those with keys."""

    name: str
    ranges: tuple[tuple[str, tuple[str, str]], ...] = ()
    keys: tuple[Key, ...] = ()


@dataclass(frozen=True)
class Walk:
    """Read partitions of an index, whole or a range of sort keys.

    `bounded` says that they grow with one owner, not with the table; `bare`, that their entries
    carry no facts, though others of the index do; `lacks_some`, that the index has no entries of
    some runs, such as those without a value in the column of the order: the reader adds them.
    `beside` has the candidates of which the index has no entries; they come in no order, unless
    they are sorted by their end.
    """

    name: str
    index: Index
    partitions: tuple[str, ...]
    between: tuple[str, str] | None = None
    bounded: bool = False
    bare: bool = False
    lacks_some: bool = False
    beside: Walk | None = None

    def yields(self, order: Order) -> bool:
        """Whether the entries come in the order."""
        is_sorted = self.beside is None or self.index == indexes.BY_END
        return is_sorted and order.column in COLUMNS[self.index]


Read = Lookup | Follow | Walk


def is_bounded(read: Read) -> bool:
    """Return whether the size of a plan depends on the filter alone, not on the table's size."""
    return not isinstance(read, Walk) or read.bounded


# For criteria that contradict each other; DynamoDB refuses a range that ends before it begins.
NOTHING = Lookup("nothing", ())


Path = Callable[[Criteria, int], Read | None]
"""From the criteria and the number of shards to a plan; None if the path does not apply."""

Paths = Mapping[str, Path]
"""Access paths by the filter that each serves, the cheapest first."""


def narrowest(paths: Paths, criteria: Criteria, shards: int) -> Read | None:
    """Return the plan of the first path that applies."""
    plans = (path(criteria, shards) for path in paths.values())
    return next((plan for plan in plans if plan is not None), None)


def everything(kind: str, order: Order, shards: int) -> Walk:
    """Read all entities of a kind, in the order."""
    index = WHOLE[order.column]
    return Walk(
        f"all_{index.name}",
        index,
        partitions(kind, shards),
        lacks_some=order.column in SPARSE or (kind, order.column) in TOLD,
        beside=ended_soon(kind, None, shards) if index == indexes.BY_END else None,
    )


# The last is that in which most runs are that leave another one: they are not missed.
ENDED = sorted(
    (one for one in StateType if one in TERMINAL), key=lambda one: one == StateType.COMPLETED
)


def ended_soon(kind: str, between: tuple[str, str] | None, shards: int) -> Walk | None:
    """Read the task runs in terminal states that are expected to start in a range.

    Those that ended soon after their expected start have no entries by their end; others all have.
    """
    if kind != keys.TASK_RUN:
        return None
    return Walk("by_end", indexes.BY_STATE, keys.state_shards(kind, ENDED, shards), between)


Scan = Callable[[str, tuple[str, str] | None, int], Walk]
"""From a kind, a range of expected starts, and the number of shards to a plan."""


def by_expected_start(kind: str, between: tuple[str, str] | None, shards: int) -> Walk:
    """Read all entities of a kind, or the runs expected to start in a range."""
    index = indexes.BY_EXPECTED_START
    return Walk(f"all_{index.name}", index, partitions(kind, shards), between)


def partitions(kind: str, shards: int) -> tuple[str, ...]:
    """Return the partitions of a kind's entities in the sorted indexes."""
    return tuple(keys.shard(kind, number) for number in range(shards))
