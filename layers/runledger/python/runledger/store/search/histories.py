"""Histories of runs, from what the entries by state tell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import compress
from typing import Any

from runledger.domain.documents import Document
from runledger.domain.runs.history import Interval, Tally, Timeline
from runledger.domain.values import microseconds
from runledger.store import samples
from runledger.store.dynamodb import attribute_values
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query
from runledger.store.schema import keys, sort_keys
from runledger.store.search.executor import Searcher
from runledger.store.search.paths.shared import in_states
from runledger.store.search.planner import Walk
from runledger.store.search.sample_pages import SamplePage
from runledger.store.search_result import SearchResult


def read_history(
    searcher: Searcher[Any, Any], timeline: Timeline, now: datetime
) -> SearchResult[list[Document[Interval]]] | None:
    """Return the matching runs by time and state; None if criteria need more than their entries.

    Raises:
        OutOfTime: the table's deadline comes before this is done.
    """
    if (types := searcher.counted_types()) is None:
        return None
    between = sort_keys.between(timeline.start, timeline.last)
    walk = in_states(searcher.entity_type.name, types, between, searcher.shards)
    searcher.path = walk.name
    starts = list(map(sort_keys.instant, timeline.starts))
    tallies = _Tallies(searcher, starts, microseconds(now))
    with searcher.in_time():
        intervals = timeline.add_up(tallies.of(walk))
    return searcher.found(intervals, kept=len(tallies.seen))


@dataclass
class _Tallies:
    """Reads entries by state, each run's once: one that changes meanwhile may come twice."""

    searcher: Searcher[Any, Any]
    starts: Sequence[str]  # of intervals
    now: int
    seen: set[str] = field(default_factory=set)  # sort keys: no two runs share one

    def of(self, walk: Walk) -> Iterator[Tally]:
        """Yield the tallies of the runs of a walk."""
        where = in_index(walk.index, "", walk.between)
        query = Query(where, walk.index.name, attributes=samples.ATTRIBUTES).request()
        queries = [_in_partition(query, partition) for partition in walk.partitions]
        found = self.searcher.table.typed_pages_each(queries)
        for partition, pages in zip(walk.partitions, found, strict=True):
            state_type = keys.state_type_of_shard(partition)
            for page in pages:
                # Both attributes are texts.
                sort_keys_of_page = [entry[samples.SORT_KEY]["S"] for entry in page]
                histories = [entry[samples.HISTORY]["S"] for entry in page]
                runs = self._new(SamplePage(state_type, sort_keys_of_page, histories))
                yield from runs.tallies(self.starts, self.now)

    def _new(self, found: SamplePage) -> SamplePage:
        self.searcher.reader.items_read += len(found.sort_keys)
        known = self.seen.intersection(found.sort_keys)
        self.seen.update(found.sort_keys)
        if not known:
            return found
        is_new = [sort_key not in known for sort_key in found.sort_keys]
        parts = (list(compress(part, is_new)) for part in (found.sort_keys, found.histories))
        return SamplePage(found.state_type, *parts)


def _in_partition(query: Mapping[str, Any], partition: str) -> dict[str, Any]:
    """Return the request of a query for a partition, whose value its condition has first."""
    values: Mapping[str, Any] = query["ExpressionAttributeValues"]
    others = {**values, next(iter(values)): attribute_values.typed(partition)}
    return {**query, "ExpressionAttributeValues": others}
