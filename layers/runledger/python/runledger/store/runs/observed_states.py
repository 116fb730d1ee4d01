"""The pairs of type and name in which runs have been, found without reading all states.

States stand in `by_owner` by type, name and time. The first entry of a shard names a pair and when
a run first entered it, the last one of that pair when a run last did, and the first one after it
names the next pair: two queries of one entry each for a pair, however many states have it.
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
from runledger.store.schema.sort_keys import StatePlace
from runledger.store.search_result import SearchResult
from runledger.store.store import Shards, Store

PATH = "by_observed_state"
TOO_LONG = "There are too many names of states to be told within the time of a request."


@dataclass(frozen=True)
class Seen:
    """A pair in one shard: the places of its first and its last state."""

    first: StatePlace
    last: StatePlace


@dataclass(frozen=True)
class ObservedStateStore:
    """What is asked of the table about the states that runs have been in."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.index_shards)

    def read(self) -> SearchResult[list[ObservedState]]:
        """Return all pairs, in no particular order; the index learns of a state a moment later.

        Raises:
            OutOfTime: the table's deadline came before all were found.
        """
        try:
            seen = self._seen()
            found = [self._told(some) for some in _by_pair(seen)]
        except DeadlineExceeded as exceeded:
            raise OutOfTime(TOO_LONG, {"path": PATH}) from exceeded
        return SearchResult([one for one in found if one], PATH, 2 * len(seen), len(found))

    def _seen(self) -> list[Seen]:
        shards = map_in_parallel(lambda number: [*self._of_shard(number)], range(self.shards.read))
        return [*chain.from_iterable(shards)]

    def _of_shard(self, number: int) -> Iterator[Seen]:
        shard, left = keys.observed_shard(number), sort_keys.ALL_STATES
        while first := self._end(shard, left):
            place = sort_keys.state_place_of(first["id"])
            last = self._end(shard, place.of_pair, reverse=True)
            # One that went meanwhile was seen no less.
            yield Seen(place, sort_keys.state_place_of((last or first)["id"]))
            left = place.after_pair

    def _end(self, shard: str, between: tuple[str, str], *, reverse: bool = False) -> Item | None:
        where = in_index(BY_OWNER, shard, between)
        return next(self.table.query(Query(where, BY_OWNER.name, reverse=reverse, page=1)), None)

    def _told(self, seen: list[Seen]) -> ObservedState | None:
        place = seen[0].first
        name = self._long_name(place) if place.is_cut else place.name
        if name is None:
            return None
        return ObservedState(
            state_type=StateType(place.state_type),
            state_name=name,
            first_seen=min(one.first.entered for one in seen),
            last_seen=max(one.last.entered for one in seen),
        )

    def _long_name(self, place: StatePlace) -> str | None:
        """Read a name that no place has room for from a state that has it, if one is left."""
        shards = map(keys.observed_shard, range(self.shards.read))
        queries = (in_index(BY_OWNER, shard, place.of_pair) for shard in shards)
        entries = (self.table.query(Query(where, BY_OWNER.name, page=1)) for where in queries)
        for entry in chain.from_iterable(entries):
            if item := self.table.read(keys.of(entry)):
                return items.read_document(State, item).name
        return None


def _by_pair(seen: Iterable[Seen]) -> Iterable[list[Seen]]:
    pairs: dict[tuple[str, str], list[Seen]] = {}
    for one in seen:
        pairs.setdefault(one.first.pair, []).append(one)
    return pairs.values()
