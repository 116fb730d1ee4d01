"""What can be asked about task runs, flow runs, flows and deployments alike.

Each raises `OutOfTime` when the store's deadline comes first.
"""

from datetime import datetime
from typing import Protocol, TypeVar

from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.history import Interval, Timeline, average_lateness
from runledger.domain.sorting import ALL, Page
from runledger.store.search.executor import PageAndTotal, Searcher, SearchResult

F = TypeVar("F")
R = TypeVar("R")
S = TypeVar("S", TaskRunFacts, FlowRun)


class Searchable(Protocol[F, R]):
    """A store of things that can be searched for."""

    def searcher(self, criteria: Criteria, page: Page = ALL) -> Searcher[F, R]:
        """Return a search for the things that are wanted."""
        ...


def search(things: Searchable[F, R], criteria: Criteria, page: Page) -> SearchResult[list[R]]:
    """Return a page of the things that are wanted."""
    return things.searcher(criteria, page).find()


def paginate(
    things: Searchable[F, R], criteria: Criteria, page: Page
) -> SearchResult[PageAndTotal[R]]:
    """Return a page of the things that are wanted, and how many there are on all pages."""
    return things.searcher(criteria, page).paginate()


def count(things: Searchable[F, R], criteria: Criteria) -> SearchResult[int]:
    """Return how many things are wanted."""
    return things.searcher(criteria).count()


def history(
    runs: Searchable[S, R], criteria: Criteria, timeline: Timeline, *, now: datetime
) -> SearchResult[list[Interval]]:
    """Return the runs that are wanted by time and state."""
    if not timeline.intervals:
        return SearchResult([], "nothing", 0, 0)
    between = (timeline.start, timeline.last)
    return runs.searcher(criteria).aggregate(lambda facts: timeline.aggregate(facts, now), between)


def lateness(
    runs: Searchable[FlowRun, R], criteria: Criteria, *, now: datetime
) -> SearchResult[float | None]:
    """Return by how many seconds the flow runs that are wanted are late, on average."""
    return runs.searcher(criteria).aggregate(lambda facts: average_lateness(facts, now))
