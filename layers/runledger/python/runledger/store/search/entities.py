"""The kinds of things that are searched for: how each is read from the table and ranked."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from runledger.domain.filters.criteria import Criteria
from runledger.domain.sorting import Page
from runledger.store.dynamodb.writes import Item
from runledger.store.search.planner import Paths

F = TypeVar("F")
R = TypeVar("R")


@dataclass(frozen=True)
class EntityType(Generic[F, R]):
    """A kind: its name in keys, and how to read what indexes know of a thing, and all of it.

    `paths` lead to some things of the kind without reading all; `is_counted` says that counters
    tell how many there are in each type of state.
    """

    name: str
    facts: Callable[[Item], F]
    document: Callable[[Item], R]
    rank: Callable[[F, Page], tuple[Any, ...]]
    attributes: Sequence[str]
    paths: Paths
    is_counted: bool = False


def by_column(rank: Callable[[F, str], tuple[Any, ...]]) -> Callable[[F, Page], tuple[Any, ...]]:
    return lambda facts, page: rank(facts, page.order.column)


F_contra = TypeVar("F_contra", contravariant=True)


class Selection(Protocol[F_contra]):
    """Decides about things by what is known of them."""

    @property
    def criteria(self) -> Criteria:
        """What is asked of them."""
        ...

    def choose(self, facts: Sequence[F_contra]) -> Iterator[bool]:
        """Tell of each whether it is wanted."""
        ...
