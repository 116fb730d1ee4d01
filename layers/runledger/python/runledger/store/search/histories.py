"""Histories of runs, from what the entries by state tell."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, TypeVar

from runledger.domain.runs.bookkeeping import Sample
from runledger.store.schema import sort_keys
from runledger.store.search.executor import Searcher
from runledger.store.search.paths.shared import in_states
from runledger.store.search.reader import CountingIterator
from runledger.store.search_result import SearchResult

A = TypeVar("A")


def aggregate_samples(
    searcher: Searcher[Any, Any],
    summary: Callable[[Iterable[Sample]], A],
    between: tuple[datetime, datetime],
) -> SearchResult[A] | None:
    """Summarize the samples of the matching runs that are expected to start in a range.

    None if the criteria ask for more than the entries by state tell.

    Raises:
        OutOfTime: the table's deadline comes before this is done.
    """
    if (types := searcher.counted_types()) is None:
        return None
    kind, range_ = searcher.entity_type.name, sort_keys.between(*between)
    read = in_states(kind, types, range_, searcher.shards)
    searcher.path = read.name
    with searcher.in_time():
        wanted = CountingIterator(searcher.reader.samples(read))
        answer = summary(wanted)
    return searcher.found(answer, kept=wanted.number)
