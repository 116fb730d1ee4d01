"""The states of runs in the table, by id and by run."""

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
    """The states of runs in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def read(self, state_id: UUID, *, kind: str) -> State | None:
        """Return a state of a run of that kind; the index is eventually consistent."""
        where = in_index(indexes.BY_ID, keys.state_id_shard(state_id), None)
        for entry in self.table.query(Query(where, indexes.BY_ID.name)):
            key = keys.of(entry)
            item = self.table.read(key) if keys.is_of(key, kind) else None
            if item:
                return items.read_document(State, item)
        return None

    def history(self, of_run: Key) -> list[State]:
        """Return all states of a run, the oldest first."""
        where = in_partition(of_run.pk, keys.under(keys.STATE))
        return [items.read_document(State, item) for item in self.table.query(Query(where))]
