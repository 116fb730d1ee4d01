"""The type and name pairs of all states that runs have been in.

The stream keeps an item for each pair, with the times of its first and its last state. It writes
an item at most once for all states of a batch. For states with the usual name of their type, which
most are, the counters keep the time of the last one (`state_counts`): it costs no write.

Deleted runs take their states along. The pairs are found again from all runs then, unless there are
too many: what only deleted runs had stays in a large table.
"""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from itertools import chain, islice
from typing import Any, NamedTuple, Self

from pydantic_core import from_json

from runledger.domain.errors import OutOfTime, WriteConflict
from runledger.domain.runs.observed_states import ObservedState
from runledger.domain.runs.states import State, StateType
from runledger.domain.values import EPOCH, MICROSECOND, microseconds
from runledger.store import items
from runledger.store.dynamodb.conditions import Attr
from runledger.store.dynamodb.errors import ConditionFailed, DeadlineExceeded
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_index, in_partition
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Delete, Item, Put
from runledger.store.runs.latest_states import entered_state, latest_attribute, usual_name
from runledger.store.runs.past_states import past_lines
from runledger.store.runs.state_counts import COUNTERS
from runledger.store.runs.states import StateStore
from runledger.store.schema import keys
from runledger.store.schema.indexes import BY_EXPECTED_START
from runledger.store.schema.keys import Key
from runledger.store.search_result import SearchResult
from runledger.store.store import FifoCache, Shards, Store

PATH = "observed"
TOO_LONG = "There are too many names of states to be told within the time of a request."

# Runs of a table in which deletions are followed exactly.
MAX_RUNS = 500

UNSEEN = datetime.min.replace(tzinfo=UTC)
"""The last time of a pair that a counter tells."""


class SeenPair(NamedTuple):
    """A pair as it was read: the version guards the next write."""

    pair: ObservedState
    version: int


class ObservedStateStore(NamedTuple):
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
            stored = [seen.pair for seen in self._stored().values()]
            found = _with_latest(stored, self._latest().values())
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
            new = pair.replace(last_seen=max(pair.first_seen, pair.last_seen))
            self._write(Put(_item(new, version=1), ABSENT))
            return new
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
        stored, latest = self._stored(), self._latest()
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
        self._lower(latest, filter(_is_usual, left.values()))

    def _latest(self) -> dict[Key, Mapping[StateType, int]]:
        """Return, by counter, the times of the last states with the usual name of their type."""
        counters = [keys.count(kind, number) for kind in keys.RUNS for number in range(COUNTERS)]
        names = {kind: latest_attribute(kind) for kind in StateType}
        queries = (Query(in_partition(key.pk, (key.sk, key.sk))) for key in counters)
        found = chain.from_iterable(self.table.query_each(queries))
        return {
            keys.of(item): {kind: int(item[name]) for kind, name in names.items() if name in item}
            for item in found
        }

    def _lower(
        self, latest: Mapping[Key, Mapping[StateType, int]], left: Iterable[ObservedState]
    ) -> None:
        """Lower the times of counters to those of the states that are left."""
        last = {pair.state_type: microseconds(pair.last_seen) for pair in left}
        times = ((key, *one) for key, of_counter in latest.items() for one in of_counter.items())
        for counter, state_type, time in times:
            if time > (to := last.get(state_type, 0)):
                name = latest_attribute(state_type)
                self._write(Add(counter, {}, Attr(name).eq(time), sets={name: to}))

    def _stored(self) -> dict[str, SeenPair]:
        query = Query(in_partition(keys.OBSERVED))
        return {item["sk"]: _read(item) for item in self.table.query(query)}

    def _runs(self) -> Iterator[Key]:
        for kind in keys.RUNS:
            for number in range(self.shards.read):
                where = in_index(BY_EXPECTED_START, keys.shard(kind, number), None)
                query = Query(where, BY_EXPECTED_START.name, page=MAX_RUNS + 1)
                yield from map(keys.of, self.table.query(query))

    def _write(self, write: Put | Delete | Add) -> None:
        try:
            self.table.write(write)
        except ConditionFailed as failed:
            raise WriteConflict("another process stored the pair") from failed


def new_states(change: Change) -> Iterator[ObservedState]:
    """Yield the states that a change of a run's item has added."""
    if change.new is None:
        return
    run, before = _document(change.new), _document(change.old)
    known = set(past_lines(change.old or {}))
    late = (from_json(line) for line in past_lines(change.new) if line not in known)
    for state in late:
        # The state that the run was in is known, too.
        if state["id"] != before.get("state_id"):
            yield ObservedState.once(state["type"], state["name"], state["timestamp"])
    if run.get("state_id") not in {None, before.get("state_id")}:
        # The stream has a large state without its pieces: its name may be shortened there.
        entered = run["state"]["timestamp"]
        pair = ObservedState.once(run["state_type"], run["state_name"], entered)
        is_counted = any(entered_state(change))
        yield pair.replace(last_seen=UNSEEN) if is_counted else pair


def _with_latest(
    pairs: Iterable[ObservedState], counters: Iterable[Mapping[StateType, int]]
) -> list[ObservedState]:
    """Return pairs with the times of their last states, as the counters have them."""
    latest: dict[StateType, int] = {}
    for state_type, time in chain.from_iterable(times.items() for times in counters):
        latest[state_type] = max(latest.get(state_type, 0), time)
    return [_not_before(pair, latest) if _is_usual(pair) else pair for pair in pairs]


def _not_before(pair: ObservedState, latest: Mapping[StateType, int]) -> ObservedState:
    counted = EPOCH + latest.get(pair.state_type, 0) * MICROSECOND
    return pair.replace(last_seen=max(pair.last_seen, counted))


def _is_usual(pair: ObservedState) -> bool:
    return pair.state_name == usual_name(pair.state_type)


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
