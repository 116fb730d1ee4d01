"""What is given to flow runs, in the table: beside its flow run, with which it goes."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from runledger.domain.errors import Mismatch, TooLarge
from runledger.domain.runs.flow_run_inputs import KEY, FlowRunInput, FlowRunInputQuery, is_key
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, PRESENT, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema import keys
from runledger.store.store import Store

# They go in the transaction of a pause, which holds 100 writes.
MAX_FORGOTTEN = 40

TAKEN = "A flow run input with this key already exists."


@dataclass(frozen=True)
class FlowRunInputStore:
    """What is asked of the table about inputs of flow runs."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table)

    def add(self, given: FlowRunInput) -> None:
        """Store an input.

        Raises:
            Mismatch: the flow run has one with that key.
        """
        try:
            self.table.write(new(given))
        except ConditionFailed:
            raise Mismatch(TAKEN) from None

    def read(self, run_id: UUID, key: str) -> FlowRunInput | None:
        """Return the input that has a key, which may be any text."""
        if not is_key(key):
            return None
        item = self.table.read(keys.flow_run_input(run_id, key))
        return items.read_document(FlowRunInput, item) if item else None

    def find(self, run_id: UUID, wanted: FlowRunInputQuery) -> list[FlowRunInput]:
        """Return the wanted inputs of a flow run; those whose keys begin alike are all read."""
        if wanted.beginning is None:
            return []
        range_ = keys.flow_run_inputs_beginning(wanted.beginning)
        found = self.table.query(Query(in_partition(keys.flow_run(run_id).pk, range_)))
        return wanted.first([items.read_document(FlowRunInput, item) for item in found])

    def remove(self, run_id: UUID, key: str) -> bool:
        """Remove the input that has a key, which may be any text; return whether there was one."""
        if not is_key(key):
            return False
        try:
            self.table.write(Delete(keys.flow_run_input(run_id, key), PRESENT))
        except ConditionFailed:
            return False
        return True


def new(given: FlowRunInput) -> Put:
    """Return the write that adds an input, unless its key is taken."""
    key = keys.flow_run_input(given.flow_run_id, given.key)
    return Put(key._asdict() | {"body": given.model_dump_json()}, ABSENT)


def forgetting(run_id: UUID, forgotten: Iterable[str]) -> list[Delete]:
    """Return the writes by which a flow run forgets what it was given under some keys.

    Raises:
        TooLarge: a transaction can't hold so many.
    """
    # A key that no input can have leads to none, and may be too long to ask for.
    keys_to_forget = [key for key in dict.fromkeys(forgotten) if KEY.fullmatch(key)]
    if len(keys_to_forget) > MAX_FORGOTTEN:
        raise TooLarge(f"A pause can ask for inputs under at most {MAX_FORGOTTEN} keys.")
    return [Delete(keys.flow_run_input(run_id, key)) for key in keys_to_forget]


def of_flow_run(table: Table, run_id: UUID) -> Iterator[keys.Key]:
    """Yield the keys of all that was given to a flow run."""
    where = in_partition(keys.flow_run(run_id).pk, keys.under(keys.INPUT))
    shown: Sequence[str] = keys.Key._fields
    return map(keys.of, table.query(Query(where, attributes=shown)))
