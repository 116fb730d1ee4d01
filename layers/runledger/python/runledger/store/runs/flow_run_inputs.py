"""Flow run inputs in the table: in the partition of their flow run, and deleted with it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple, Self
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

# Inputs that the transaction of a pause deletes; it holds 100 writes.
MAX_DELETED = 40

TAKEN = "A flow run input with this key already exists."


class FlowRunInputStore(NamedTuple):
    """Flow run inputs in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def add(self, run_input: FlowRunInput) -> None:
        """Store an input.

        Raises:
            Mismatch: the flow run has one with that key.
        """
        try:
            self.table.write(new_input_write(run_input))
        except ConditionFailed:
            raise Mismatch(TAKEN) from None

    def read(self, run_id: UUID, key: str) -> FlowRunInput | None:
        """Return the input with the key, which may be any text."""
        if not is_key(key):
            return None
        item = self.table.read(keys.flow_run_input(run_id, key))
        return items.read_document(FlowRunInput, item) if item else None

    def find(self, run_id: UUID, wanted: FlowRunInputQuery) -> list[FlowRunInput]:
        """Return the inputs of a flow run that match; all with the key prefix are read."""
        if wanted.beginning is None:
            return []
        range_ = keys.flow_run_inputs_beginning(wanted.beginning)
        found = self.table.query(Query(in_partition(keys.flow_run(run_id).pk, range_)))
        return wanted.first([items.read_document(FlowRunInput, item) for item in found])

    def remove(self, run_id: UUID, key: str) -> bool:
        """Remove the input with the key, which may be any text; return whether there was one."""
        if not is_key(key):
            return False
        try:
            self.table.write(Delete(keys.flow_run_input(run_id, key), PRESENT))
        except ConditionFailed:
            return False
        return True


def new_input_write(run_input: FlowRunInput) -> Put:
    """Return the write that adds an input, unless its key is taken."""
    key = keys.flow_run_input(run_input.flow_run_id, run_input.key)
    return Put(key._asdict() | {"body": run_input.model_dump_json()}, ABSENT)


def deletion_writes(run_id: UUID, input_keys: Iterable[str]) -> list[Delete]:
    """Return the writes that delete a flow run's inputs with some keys.

    Raises:
        TooLarge: there are more keys than a transaction can hold.
    """
    # A key that no input can have may be too long for DynamoDB.
    valid = [key for key in dict.fromkeys(input_keys) if KEY.fullmatch(key)]
    if len(valid) > MAX_DELETED:
        raise TooLarge(f"A pause can ask for inputs under at most {MAX_DELETED} keys.")
    return [Delete(keys.flow_run_input(run_id, key)) for key in valid]


def of_flow_run(table: Table, run_id: UUID) -> Iterator[keys.Key]:
    """Yield the keys of a flow run's input items."""
    where = in_partition(keys.flow_run(run_id).pk, keys.under(keys.INPUT))
    attributes: Sequence[str] = keys.Key._fields
    return map(keys.of, table.query(Query(where, attributes=attributes)))
