"""The type and name pairs of all states that runs have been in.

The stream keeps an item for each pair, with the times of its first and its last state. It writes
an item at most once for all states of a batch.

Deleted runs take their states along. The pairs are found again from all runs then, unless there are
too many: what only deleted runs had stays in a large table.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import Any, Self

from pydantic_core import from_json

from runledger.domain.errors import OutOfTime, WriteConflict
from runledger.domain.runs.observed_states import ObservedState
from runledger.domain.runs.states import State
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed, DeadlineExceeded
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_index, in_partition
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put
from runledger.store.runs.past_states import past_lines
from runledger.store.runs.states import StateStore
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import Key
from runledger.store.search_result import SearchResult
from runledger.store.store import FifoCache, Shards, Store

PATH = "observed"
TOO_LONG = "There are too many names of states to be told within the time of a request."

# Runs of a table in which deletions are followed exactly.
MAX_RUNS = 500


@dataclass(frozen=True)
class SeenPair:
    """A pair as it was read: the version guards the next write."""

    pair: ObservedState
    version: int


@dataclass(frozen=True)
class ObservedStateStore:
    """The states that runs have been in; `known` is a cache of pairs by their sort keys."""

    table: Table
    shards: Shards
    known: FifoCache[ObservedState]

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards, store.known_pairs)

    def read(self) -> SearchResult[list[ObservedState]]:
        """Return all pairs, in no particular order, as the stream has told them.

        Raises:
            OutOfTime: the table's deadline came before all were found.
        """
        try:
            found = [seen.pair for seen in self._stored().values()]
        except DeadlineExceeded as exceeded:
            raise OutOfTime(TOO_LONG, {"path": PATH}) from exceeded
        return SearchResult(found, PATH, len(found), len(found))

    def add(self, states: Iterable[ObservedState]) -> None:
        """Store the pairs of states, unless they are known already.

        Raises:
            WriteConflict: another process stored one of them meanwhile.
        """
        new = [pair for pair in _merged(states) if not self._is_known(pair)]
        found = self.table.read_many([_key(pair) for pair in new]) if new else {}
        for pair in new:
            item = found.get(_key(pair))
            self.known.put(_key(pair).sk, self._stored_with(pair, _read(item) if item else None))

    def _stored_with(self, pair: ObservedState, seen: SeenPair | None) -> ObservedState:
        """Store a pair, unless it is stored already; return what is stored."""
        if seen is None:
            self._write(Put(_item(pair, version=1), ABSENT))
            return pair
        whole = _union(seen.pair, pair)
        if whole == seen.pair:
            return seen.pair
        self._write(Put(_item(whole, version=seen.version + 1), has_version(seen.version)))
        return whole

    def _is_known(self, pair: ObservedState) -> bool:
        known = self.known.get(_key(pair).sk)
        return known is not None and _union(known, pair) == known

    def find_again(self) -> None:
        """Find the pairs again from the states of all runs, if there are few runs.

        Raises:
            WriteConflict: a pair changed meanwhile.
        """
        stored = self._stored()
        runs = list(islice(self._runs(), MAX_RUNS + 1))
        if len(runs) > MAX_RUNS:
            return
        states = chain.from_iterable(map(StateStore(self.table, self.shards).history, runs))
        left = {_key(pair).sk: pair for pair in _merged(map(_observed, states))}
        for sort_key, seen in stored.items():
            self.known.forget(sort_key)
            pair = left.get(sort_key)
            if pair is None:
                self._write(Delete(_key(seen.pair), has_version(seen.version)))
            elif pair != seen.pair:
                self._write(Put(_item(pair, seen.version + 1), has_version(seen.version)))

    def _stored(self) -> dict[str, SeenPair]:
        query = Query(in_partition(keys.OBSERVED))
        return {item["sk"]: _read(item) for item in self.table.query(query)}

    def _runs(self) -> Iterator[Key]:
        for kind in keys.RUNS:
            for number in range(self.shards.read):
                where = in_index(indexes.BY_ID, keys.shard(kind, number), None)
                query = Query(where, indexes.BY_ID.name, page=MAX_RUNS + 1)
                yield from map(keys.of, self.table.query(query))

    def _write(self, write: Put | Delete) -> None:
        try:
            self.table.write(write)
        except ConditionFailed as failed:
            raise WriteConflict("another process stored the pair") from failed


def new_states(change: Change) -> Iterator[ObservedState]:
    """Yield the states that a change of a run's item has added."""
    if change.new is None:
        return
    known = set(past_lines(change.old or {}))
    late = (from_json(line) for line in past_lines(change.new) if line not in known)
    for state in late:
        yield ObservedState.once(state["type"], state["name"], state["timestamp"])
    run, before = _document(change.new), _document(change.old)
    if run.get("state_id") not in {None, before.get("state_id")}:
        # The stream has a large state without its pieces: its name may be shortened there.
        entered = run["state"]["timestamp"]
        yield ObservedState.once(run["state_type"], run["state_name"], entered)


def _document(item: Item | None) -> Any:  # noqa: ANN401 any JSON
    return from_json(item.get(DOCUMENT, "{}")) if item else {}


def _observed(state: State) -> ObservedState:
    return ObservedState.once(state.type, state.name, state.timestamp)


def _merged(states: Iterable[ObservedState]) -> Iterable[ObservedState]:
    pairs: dict[Key, ObservedState] = {}
    for pair in states:
        key = _key(pair)
        pairs[key] = _union(pairs[key], pair) if key in pairs else pair
    return pairs.values()


def _union(one: ObservedState, other: ObservedState) -> ObservedState:
    return one.replace(
        first_seen=min(one.first_seen, other.first_seen),
        last_seen=max(one.last_seen, other.last_seen),
    )


def _key(pair: ObservedState) -> Key:
    return keys.observed(pair.state_type, pair.state_name)


def _item(pair: ObservedState, version: int) -> Item:
    return items.new_item(_key(pair), body=items.dump_document(pair), version=version)


def _read(item: Item) -> SeenPair:
    return SeenPair(items.read_document(ObservedState, item), int(item["version"]))
