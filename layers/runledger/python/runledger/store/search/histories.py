"""Histories of runs, from what the entries by state tell."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from runledger.domain.runs.history import Interval, Tally, Timeline
from runledger.domain.values import microseconds
from runledger.store import samples
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, chunks
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys
from runledger.store.search.executor import Searcher
from runledger.store.search.paths.shared import in_states
from runledger.store.search.planner import Walk
from runledger.store.search_result import SearchResult

# Entries that are added up at a time.
MAX_ENTRIES = 1_000


def read_history(
    searcher: Searcher[Any, Any], timeline: Timeline, now: datetime
) -> SearchResult[list[Interval]] | None:
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
        wheres = (in_index(walk.index, value, walk.between) for value in walk.partitions)
        found = self.searcher.table.query_each(
            Query(where, walk.index.name, attributes=samples.ATTRIBUTES, whole=False)
            for where in wheres
        )
        for partition, entries in zip(walk.partitions, found, strict=True):
            state_type = keys.state_type_of_shard(partition)
            for some in chunks(entries, MAX_ENTRIES):
                new = self._new(some)
                yield from samples.tallies(new, state_type, starts=self.starts, now=self.now)

    def _new(self, entries: Sequence[Item]) -> Sequence[Item]:
        self.searcher.reader.items_read += len(entries)
        found = [entry[samples.SORT_KEY] for entry in entries]
        again = self.seen.intersection(found)
        self.seen.update(found)
        return [entry for entry in entries if entry[samples.SORT_KEY] not in again]
