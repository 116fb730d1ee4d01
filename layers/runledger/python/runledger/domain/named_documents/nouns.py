"""Named documents: values that are found by their id or by what is unique of them.

A noun describes its documents as data: how they are stored, what is unique, which fields they need,
and what the reference says of them. What works with documents works with those of every noun.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

from runledger.domain.filters.operators import Test
from runledger.domain.sorting import Order, Page
from runledger.domain.values import Value


class NamedDocument(Value):
    """The members that all documents have."""

    id: UUID
    created: datetime
    updated: datetime


D = TypeVar("D", bound=NamedDocument)


class Noun(NamedTuple, Generic[D]):
    """The rules of a noun's documents.

    `kind` is in their keys. `unique` returns the texts that no two documents share. The documents
    are in so many partitions, a number that never changes: a list reads all of them, and each takes
    1,000 writes a second.
    """

    kind: str
    model: type[D]
    unique: Callable[[D], Sequence[str]]
    not_found: str
    taken: Callable[[D], str]
    required: AbstractSet[str] = frozenset()
    partitions: int = 4


def by_name(document: Any) -> tuple[str]:  # noqa: ANN401 - any document with a name
    """Return what is unique of documents whose names are."""
    return (document.name,)


def page_of(documents: Sequence[D], test: Test, page: Page) -> list[D]:
    """Return a page of the documents that match."""
    found = sorted(filter(test, documents), key=_rank(page.order), reverse=page.order.reverse)
    return found[page.offset : page.offset + page.limit]


def _rank(order: Order) -> Callable[[NamedDocument], tuple[Any, ...]]:
    return lambda document: (getattr(document, order.column), document.created, str(document.id))
