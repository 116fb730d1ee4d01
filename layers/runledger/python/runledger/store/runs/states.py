"""The states of runs in the table, by id and by run."""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from itertools import chain
from typing import NamedTuple, Self
from uuid import UUID

from pydantic_core import from_json

from runledger.domain.runs.states import TERMINAL, State, carried_by, leads_to, made_at, time_of
from runledger.store import items
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put
from runledger.store.runs.past_states import EARLIER, past_lines, state_of, states_of
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.indexes import Index
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store

# The attribute of a run's item that names the new state which an event told.
REPORTED = "reported"

# How far from a time of its run the id of a state may have been made to be looked for by that time:
# clients make both at once.
AROUND = timedelta(milliseconds=25)
# The indexes by times of runs, and how long before such an id to begin. That by expected start also
# tells when a run began at once.
TIMES: Mapping[Index, timedelta] = {
    indexes.BY_EXPECTED_START: AROUND + sort_keys.AT_ONCE,
    indexes.BY_START: AROUND,
    indexes.BY_END: AROUND,
}


class StateStore(NamedTuple):
    """The states of runs in the table."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self, state_id: UUID, *, kind: str) -> State | None:
        """Return a state of a run of that kind; new states may not be found for a second.

        A state's id carries the beginning of its run's, unless a client has made it. Stock clients
        make ids that begin with the state's time, at which its run was to start, began or ended in
        most cases. For the other states that clients name, the stream writes pointers.
        """
        for run in self._runs_with(state_id, kind):
            state = state_of(self.table, run, state_id)
            if state:
                return state
        return None

    def _runs_with(self, state_id: UUID, kind: str) -> Iterator[Key]:
        pointer = self.table.read(keys.state_id(state_id))
        if pointer:
            yield keys.entity(kind, items.pointed_to(pointer))
            return
        yield from self._carrying(carried_by(state_id), kind)
        if kind == keys.TASK_RUN and (at := made_at(state_id)):
            around = _around(at)
            ranges = {index: sort_keys.between(*around[index]) for index in TIMES}
            yield from self._found(kind, ranges)
            yield from self._ended(*around[indexes.BY_STATE])

    def _carrying(self, carried: int, kind: str) -> Iterator[Key]:
        """Yield the runs whose id has this beginning."""
        low, high = sort_keys.ids_beginning(carried)
        yield from self._found(kind, {indexes.BY_ID: (low, high)})
        if kind == keys.TASK_RUN and (at := time_of(carried)):
            around = sort_keys.between(at - sort_keys.AT_ONCE, at + sort_keys.AT_ONCE)
            found = self._found(kind, {indexes.BY_EXPECTED_START: around})
            yield from (key for key in found if low <= keys.id_in(key.pk) < high)

    def _found(self, kind: str, ranges: Mapping[Index, tuple[str, str]]) -> Iterator[Key]:
        """Yield the runs that have a place within the range of an index, each once."""
        found = self.table.query_each(
            Query(in_index(index, keys.shard(kind, number), between), index.name)
            for index, between in ranges.items()
            for number in range(self.shards.read)
        )
        yield from dict.fromkeys(map(keys.of, chain.from_iterable(found)))

    def _ended(self, low: datetime, high: datetime) -> Iterator[Key]:
        """Yield the task runs that ended in a range, and soon after their expected start.

        They have no entries by their end. It reads all runs of this time, so it comes last.
        """
        index, between = indexes.BY_STATE, sort_keys.expected_between(low, high, sort_keys.SOON)
        found = self.table.query_each(
            Query(in_index(index, partition, between), index.name)
            for partition in keys.state_shards(keys.TASK_RUN, TERMINAL, self.shards.read)
        )
        for entry in chain.from_iterable(found):
            end = items.end_of(entry)
            if end and low <= end <= high:
                yield keys.of(entry)

    def point(self, changes: Sequence[Change]) -> None:
        """Write and remove the pointers that changes of runs and earlier states ask for.

        Raises:
            Unavailable: some are not written; all of them can be written again.
        """
        pointers = dict(chain.from_iterable(map(_pointer_writes, changes)))
        self.table.write_unordered(list(pointers.values()))

    def history(self, of_run: Key) -> list[State]:
        """Return all states of a run, the oldest first."""
        item = self.table.read(of_run)
        return states_of(self.table, item) if item else []


def _pointer_writes(change: Change) -> Iterator[tuple[Key, Put | Delete]]:
    """Yield the writes of pointers from states that clients have named to their run.

    Pointers go with their run.
    """
    _, run_id = keys.entity_of(change.key)
    for name in _named_by_clients(change, run_id):
        key = keys.state_id(name)
        yield key, Put(items.pointer_item(key, run_id))
    removed = map(UUID, _ids(change.old)) if change.old and change.new is None else ()
    named = (keys.state_id(name) for name in removed if not leads_to(name, run_id))
    yield from ((key, Delete(key)) for key in named)


def _named_by_clients(change: Change, run_id: UUID) -> Iterator[UUID]:
    """Yield the states that need a pointer now: a new one, and those that the run's times told."""
    old, new = change.old, change.new
    if new is None or not keys.is_run(change.key):
        return
    if REPORTED in new and not _tells(new, name := UUID(bytes=bytes(new[REPORTED]))):
        yield name
    if old and (_times(old) - _times(new) or _number_of_earlier(old) != _number_of_earlier(new)):
        stay = set(map(UUID, _ids(new)))
        told = (name for name in map(UUID, _ids(old)) if _tells(old, name))
        lost = (name for name in told if name not in stay or not _tells(new, name))
        yield from (name for name in lost if not leads_to(name, run_id))


def _tells(item: Item, name: UUID) -> bool:
    """Return whether a time of the run leads from a state's id to the run."""
    at = made_at(name)
    if at is None:
        return False
    around, times = _around(at), _times(item)
    return any(around[index][0] <= time <= around[index][1] for index, time in times)


def _times(item: Item) -> AbstractSet[tuple[Index, datetime]]:
    spelled = ((index, item[index.range]) for index in TIMES if index.range in item)
    times = [(index, sort_keys.time_of(sort_key)) for index, sort_key in spelled]
    if indexes.BY_END.range not in item:
        times.append((indexes.BY_STATE, items.end_of(item)))
    return {(index, time) for index, time in times if time}


def _number_of_earlier(item: Item) -> int:
    return int(item.get(EARLIER, 0))


def _around(at: datetime) -> Mapping[Index, tuple[datetime, datetime]]:
    befores = {**TIMES, indexes.BY_STATE: AROUND}
    return {index: (at - before, at + AROUND) for index, before in befores.items()}


def _ids(old: Item) -> Iterator[str]:
    """Yield the ids of the states in a run's item, or in one of its earlier states."""
    document = from_json(old[DOCUMENT])
    if keys.is_run(keys.of(old)):
        states = [document.get("state"), *map(from_json, past_lines(old))]
    else:
        states = list(document.values())
    yield from (state["id"] for state in states if state)
