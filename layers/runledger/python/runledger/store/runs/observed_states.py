"""Finds the type and name pairs of all states that runs have been in, without reading all states.

`by_owner` has states in the order of type, name and time. The first entry of a shard gives a pair
and the time when a run first entered it, the pair's last entry the time when a run last did, and
the entry after that the next pair: two queries of one entry each, however many states a pair has.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Self

from runledger.domain.errors import OutOfTime
from runledger.domain.runs.observed_states import ObservedState
from runledger.domain.runs.states import State, StateType
from runledger.parallel import map_in_parallel
from runledger.store import items
from runledger.store.dynamodb.errors import DeadlineExceeded
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys, sort_keys
from runledger.store.schema.indexes import BY_OWNER
from runledger.store.schema.sort_keys import StateSortKey
from runledger.store.search_result import SearchResult
from runledger.store.store import Shards, Store

PATH = "by_observed_state"
TOO_LONG = "There are too many names of states to be told within the time of a request."


@dataclass(frozen=True)
class SeenPair:
    """A pair in one shard: the sort keys of its first and its last state."""

    first: StateSortKey
    last: StateSortKey


@dataclass(frozen=True)
class ObservedStateStore:
    """The states that runs have been in."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self) -> SearchResult[list[ObservedState]]:
        """Return all pairs, in no particular order; the index is eventually consistent.

        Raises:
            OutOfTime: the table's deadline came before all were found.
        """
        try:
            seen = self._seen()
            found = [self._observed_state(some) for some in _by_pair(seen)]
        except DeadlineExceeded as exceeded:
            raise OutOfTime(TOO_LONG, {"path": PATH}) from exceeded
        return SearchResult([one for one in found if one], PATH, 2 * len(seen), len(found))

    def _seen(self) -> list[SeenPair]:
        shards = map_in_parallel(lambda number: [*self._of_shard(number)], range(self.shards.read))
        return [*chain.from_iterable(shards)]

    def _of_shard(self, number: int) -> Iterator[SeenPair]:
        shard, left = keys.observed_shard(number), sort_keys.ALL_STATES
        while first := self._end(shard, left):
            sort_key = sort_keys.read_state_sort_key(first["id"])
            last = self._end(shard, sort_key.pair_range, reverse=True)
            # A state that was deleted meanwhile was observed all the same.
            yield SeenPair(sort_key, sort_keys.read_state_sort_key((last or first)["id"]))
            left = sort_key.range_after_pair

    def _end(self, shard: str, between: tuple[str, str], *, reverse: bool = False) -> Item | None:
        where = in_index(BY_OWNER, shard, between)
        return next(self.table.query(Query(where, BY_OWNER.name, reverse=reverse, page=1)), None)

    def _observed_state(self, seen: list[SeenPair]) -> ObservedState | None:
        sort_key = seen[0].first
        name = self._long_name(sort_key) if sort_key.is_truncated else sort_key.name
        if name is None:
            return None
        return ObservedState(
            state_type=StateType(sort_key.state_type),
            state_name=name,
            first_seen=min(one.first.entered for one in seen),
            last_seen=max(one.last.entered for one in seen),
        )

    def _long_name(self, sort_key: StateSortKey) -> str | None:
        """Read a truncated name from a state that has it, if one is left."""
        shards = map(keys.observed_shard, range(self.shards.read))
        queries = (in_index(BY_OWNER, shard, sort_key.pair_range) for shard in shards)
        entries = (self.table.query(Query(where, BY_OWNER.name, page=1)) for where in queries)
        for entry in chain.from_iterable(entries):
            if item := self.table.read(keys.of(entry)):
                return items.read_document(State, item).name
        return None


def _by_pair(seen: Iterable[SeenPair]) -> Iterable[list[SeenPair]]:
    pairs: dict[tuple[str, str], list[SeenPair]] = {}
    for one in seen:
        pairs.setdefault(one.first.pair, []).append(one)
    return pairs.values()
