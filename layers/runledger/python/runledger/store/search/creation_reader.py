"""Reads runs in the orders of their creation and of their next scheduled start.

No index has the first order, and few runs have entries for the second. The indexes that have the
expected start serve both: most runs are created at that time or, in SCHEDULED, are scheduled for
it. The others have entries in the index by next scheduled start; without a time, if they are not
scheduled.
"""

import heapq
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from operator import attrgetter
from typing import NamedTuple

from runledger.domain.runs.facts import FlowRunFacts, TaskRunFacts
from runledger.domain.runs.states import StateType
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.runs import flow_run_items, task_run_items
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.indexes import BY_EXPECTED_START, BY_NEXT_SCHEDULED_START, Index
from runledger.store.schema.sort_keys import TimeSortKey
from runledger.store.search.nearby import NEVER, Nearby, in_order_of_ranks, time_of
from runledger.store.search.planner import partitions

SCHEDULED = (StateType.SCHEDULED,)
UNSCHEDULED = tuple(state_type for state_type in StateType if state_type not in SCHEDULED)

# Most runs that are not scheduled are in this state. Of the other types, a page needs few entries
# in most cases: so many are read at first, which take one read unit.
COMMON, FIRST_OF_OTHERS = StateType.COMPLETED, 8

FACTS: Mapping[str, Callable[[Item], TaskRunFacts | FlowRunFacts]] = {
    keys.TASK_RUN: task_run_items.read_facts,
    keys.FLOW_RUN: flow_run_items.read_flow_run_facts,
}


class CreationReader(NamedTuple):
    """Reads entries of runs of a kind.

    `page_size` says how many to read at first of each of so many partitions.
    """

    table: Table
    kind: str
    shards: int
    page_size: Callable[[int], int | None]

    def unscheduled(self) -> Iterator[Item]:
        """Yield the entries of all runs that are not scheduled, the oldest first.

        There are some of runs that are scheduled, too: of those in another state.
        """
        by_expected = self._by_state(UNSCHEDULED)
        return _entries(self._with_those_apart(map(_created, by_expected), reverse=False))

    def scheduled(self) -> Iterator[Item]:
        """Yield the entries of the scheduled runs, by their next scheduled start."""
        found = in_order_of_ranks(
            map(self._next_start, self._by_state(SCHEDULED)),
            map(_scheduled_apart, self._timed()),
            within=sort_keys.NEAR,
            backwards=False,
            reverse=False,
        )
        return _entries(found)

    def newest(self) -> Iterator[Item]:
        """Yield the entries of all runs, the newest first, some of them twice.

        All that are scheduled are read at the beginning, and sorted in memory.
        """
        scheduled = chain(
            map(_created, self._by_state(SCHEDULED)),
            map(_created_apart, self._timed()),
        )
        in_order = sorted(scheduled, key=_rank, reverse=True)
        by_expected = self._merged(BY_EXPECTED_START, self._partitions, reverse=True)
        others = self._with_those_apart(map(_created, by_expected), reverse=True)
        yield from _entries(heapq.merge(others, in_order, key=_rank, reverse=True))

    @property
    def _partitions(self) -> tuple[str, ...]:
        return partitions(self.kind, self.shards)

    def _timed(self) -> Iterator[Item]:
        """Yield the entries by next scheduled start that have this time."""
        timed = sort_keys.between(None, None)
        return self._merged(BY_NEXT_SCHEDULED_START, self._partitions, timed)

    def _with_those_apart(
        self, by_expected: Iterator[Nearby], *, reverse: bool
    ) -> Iterator[Nearby]:
        """Yield the runs that were created near to their expected start, and those without time."""
        without_time = sort_keys.without_time()
        apart = self._merged(
            BY_NEXT_SCHEDULED_START, self._partitions, without_time, reverse=reverse
        )
        return in_order_of_ranks(
            by_expected,
            map(_created_apart, apart),
            within=sort_keys.NEAR,
            backwards=reverse,
            reverse=reverse,
        )

    def _by_state(self, types: Sequence[StateType]) -> Iterator[Item]:
        index, page = indexes.BY_STATE, self.page_size(self.shards)
        few = page if len(types) == 1 or page is None else min(page, FIRST_OF_OTHERS)
        return _merged(
            self.table.query_each(
                Query(
                    in_index(index, value, None),
                    index.name,
                    page=page if keys.state_type_of_shard(value) == COMMON else few,
                )
                for value in keys.state_shards(self.kind, types, self.shards)
            ),
            index,
        )

    def _merged(
        self,
        index: Index,
        values: Sequence[str],
        between: tuple[str, str] | None = None,
        *,
        reverse: bool = False,
    ) -> Iterator[Item]:
        page = self.page_size(len(values))
        streams = self.table.query_each(
            Query(in_index(index, value, between), index.name, reverse, page) for value in values
        )
        return _merged(streams, index, reverse=reverse)

    def _next_start(self, entry: Item) -> Nearby:
        """Return a scheduled run's place by its next start, which may be near to the expected."""
        facts = FACTS[self.kind](entry)
        expected = TimeSortKey.read(entry[BY_EXPECTED_START.range]).time
        if facts.next_scheduled_start_time is None or expected is None:
            return Nearby(NEVER, NEVER, "", entry, is_near=False)
        rank = sort_keys.time_sort_key(facts.next_scheduled_start_time, facts.created, facts.id)
        time = time_of(rank)
        return Nearby(expected, time, rank, entry, sort_keys.is_near(time, expected))


def _merged(
    streams: Iterable[Iterator[Item]], index: Index, *, reverse: bool = False
) -> Iterator[Item]:
    return heapq.merge(*streams, key=lambda entry: str(entry[index.range]), reverse=reverse)


def _created(entry: Item) -> Nearby:
    key = TimeSortKey.read(entry[BY_EXPECTED_START.range])
    expected = NEVER if key.time is None else key.time
    is_near = sort_keys.is_near(key.created, key.time)
    return Nearby(expected, key.created, key.tie_break, entry, is_near)


def _created_apart(entry: Item) -> Nearby:
    key = TimeSortKey.read(entry[BY_NEXT_SCHEDULED_START.range])
    return Nearby(NEVER, key.created, key.tie_break, entry)


def _scheduled_apart(entry: Item) -> Nearby:
    rank = entry[BY_NEXT_SCHEDULED_START.range]
    return Nearby(NEVER, time_of(rank), rank, entry)


def _entries(found: Iterable[Nearby]) -> Iterator[Item]:
    return (one.entry for one in found)


_rank = attrgetter("rank")
