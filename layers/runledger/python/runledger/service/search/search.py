"""The operations of every search; each raises `OutOfTime` once the store's deadline is over."""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Generic, TypeVar

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.bookkeeping import Sample
from runledger.domain.runs.facts import RunFacts
from runledger.domain.sorting import ALL, Page
from runledger.store.search.executor import PageAndTotal, Searcher
from runledger.store.search_result import SearchResult
from runledger.store.store import Store

A = TypeVar("A")
F = TypeVar("F")
R = TypeVar("R")


class Search(Generic[F, R]):
    """The search for one entity type."""

    def __init__(self, searcher: Callable[[Store, Criteria, Page], Searcher[F, R]]) -> None:
        """Take what prepares one search."""
        self.searcher = searcher

    def find(self, store: Store, criteria: Criteria, page: Page) -> SearchResult[list[R]]:
        """Return a page of the matching entities."""
        return self.searcher(store, criteria, page).find()

    def paginate(
        self, store: Store, criteria: Criteria, page: Page
    ) -> SearchResult[PageAndTotal[R]]:
        """Return a page of the matching entities, and their number on all pages."""
        return self.searcher(store, criteria, page).paginate()

    def count(self, store: Store, criteria: Criteria) -> SearchResult[int]:
        """Return the number of matching entities."""
        return self.searcher(store, criteria, ALL).count()

    def aggregate(
        self, store: Store, criteria: Criteria, summary: Callable[[Iterator[F]], A]
    ) -> SearchResult[A]:
        """Summarize the facts of the matching entities."""
        return self.searcher(store, criteria, ALL).aggregate(summary)


def samples(runs: Iterable[RunFacts[Any]]) -> Iterator[Sample]:
    """Yield the samples of the runs that have a state."""
    return filter(None, (run.sample() for run in runs))
