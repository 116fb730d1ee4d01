"""Histories of matching runs."""

from datetime import datetime
from typing import TypeVar

from runledger.domain.documents import Document
from runledger.domain.filters.criteria import Criteria
from runledger.domain.runs.facts import FlowRunFacts, TaskRunFacts
from runledger.domain.runs.history import Interval, Timeline
from runledger.domain.sorting import ALL
from runledger.service.search.search import Search, samples
from runledger.store.search.histories import read_history
from runledger.store.search_result import SearchResult
from runledger.store.store import Store

R = TypeVar("R")
S = TypeVar("S", TaskRunFacts, FlowRunFacts)


def history(
    search: Search[S, R], store: Store, criteria: Criteria, timeline: Timeline, *, now: datetime
) -> SearchResult[list[Document[Interval]]]:
    """Return the matching runs by time and state."""
    if not timeline.intervals:
        return SearchResult([], "nothing", 0, 0)
    searcher = search.searcher(store, criteria, ALL)
    between = (timeline.start, timeline.last)
    return read_history(searcher, timeline, now) or searcher.aggregate(
        lambda facts: timeline.aggregate(samples(facts), now), between
    )
