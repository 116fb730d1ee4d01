"""The states of runs in the table, by id and by run."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Self
from uuid import UUID

from pydantic_core import from_json

from runledger.domain.runs.states import State, carried_by, leads_to
from runledger.store import items
from runledger.store.dynamodb.expressions import in_index
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put
from runledger.store.runs.past_states import past_lines, state_of, states_of
from runledger.store.schema import indexes, keys, sort_keys
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store

# The attribute of a run's item that names the new state which an event told.
REPORTED = "reported"


@dataclass(frozen=True)
class StateStore:
    """The states of runs in the table."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self, state_id: UUID, *, kind: str) -> State | None:
        """Return a state of a run of that kind; new states may not be found for a second.

        A state's id carries the beginning of its run's, unless a client has made it: the stream
        writes a pointer for such a state.
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
        between = sort_keys.ids_beginning(carried_by(state_id))
        for number in range(self.shards.read):
            where = in_index(indexes.BY_ID, keys.shard(kind, number), between)
            yield from map(keys.of, self.table.query(Query(where, indexes.BY_ID.name)))

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
    """Yield the write of a pointer from a new state that a client has named to its run.

    Pointers go with their run.
    """
    _, run_id = keys.entity_of(change.key)
    if change.new and REPORTED in change.new:
        key = keys.state_id(UUID(bytes=bytes(change.new[REPORTED])))
        yield key, Put(items.pointer_item(key, run_id))
    removed = map(UUID, _ids(change.old)) if change.old and change.new is None else ()
    named = (keys.state_id(name) for name in removed if not leads_to(name, run_id))
    yield from ((key, Delete(key)) for key in named)


def _ids(old: Item) -> Iterator[str]:
    """Yield the ids of the states in a run's item, or in one of its earlier states."""
    document = from_json(old[DOCUMENT])
    if keys.is_run(keys.of(old)):
        states = [document.get("state"), *map(from_json, past_lines(old))]
    else:
        states = list(document.values())
    yield from (state["id"] for state in states if state)
