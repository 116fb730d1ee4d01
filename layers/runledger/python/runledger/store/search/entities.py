"""The entity types of searches: how each is read from the table and ranked."""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Generic, NamedTuple, Protocol, TypeVar

from runledger.domain.filters.criteria import Criteria
from runledger.domain.sorting import Page
from runledger.store.dynamodb.writes import Item
from runledger.store.schema.indexes import Index
from runledger.store.search.planner import WIDE, Paths, Scan, by_expected_start

F = TypeVar("F")
R = TypeVar("R")


class EntityType(NamedTuple, Generic[F, R]):
    """An entity type: its name in keys, and how to read an entity's facts and its document.

    `document` gets the facts, too, if the item has the whole document. `paths` read some of its
    entities without reading all; `is_counted` says that counters have the number of its entities
    by state type. The entries of `wide` indexes carry facts. `scan` reads all entities, or the runs
    expected to start in a range, with their facts, in any order.
    """

    name: str
    facts: Callable[[Item], F]
    document: Callable[[Item, F | None], R]
    rank: Callable[[F, Page], tuple[Any, ...]]
    attributes: Sequence[str]
    paths: Paths
    is_counted: bool = False
    wide: AbstractSet[Index] = WIDE
    scan: Scan = by_expected_start


def by_column(rank: Callable[[F, str], tuple[Any, ...]]) -> Callable[[F, Page], tuple[Any, ...]]:
    return lambda facts, page: rank(facts, page.order.column)


F_contra = TypeVar("F_contra", contravariant=True)


class Selection(Protocol[F_contra]):
    """Filters entities by their facts."""

    @property
    def criteria(self) -> Criteria:
        """The criteria of the search."""
        ...

    def choose(self, facts: Sequence[F_contra]) -> Iterator[bool]:
        """Yield for each entity whether it matches the criteria."""
        ...
