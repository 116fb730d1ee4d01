"""The states of runs in the table: their history, and each by its id."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.store import items
from runledger.store.dynamodb.expressions import in_index, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.schema import indexes, keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store


@dataclass(frozen=True)
class StateStore:
    """What is asked of the table about states."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table)

    def read(self, state_id: UUID, *, of: str) -> State | None:
        """Return a state of a run of one kind; the index learns of a new one a moment later."""
        where = in_index(indexes.BY_ID, keys.state_id_shard(state_id), None)
        for entry in self.table.query(Query(where, indexes.BY_ID.name)):
            key = keys.of(entry)
            item = self.table.read(key) if keys.is_of(key, of) else None
            if item:
                return items.read_document(State, item)
        return None

    def history(self, of_run: Key) -> list[State]:
        """Return all states of a run, the oldest first."""
        where = in_partition(of_run.pk, keys.under(keys.STATE))
        return [items.read_document(State, item) for item in self.table.query(Query(where))]
