"""Flow runs that were cancelled, and how far their task runs have been cancelled with them."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Self
from uuid import UUID

from runledger.domain.runs.states import StateType
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import PRESENT, in_partition
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Item
from runledger.store.runs import task_run_items
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from runledger.store.store import Store

# On a flow run's item: whoever changes the flow run forgets it, and so begins anew.
DONE = "cancelled_up_to"


def goes_on(change: Change) -> bool:
    """Tell whether a flow run was cancelled, or part of its task runs with it."""
    if change.key.sk != keys.FLOW_RUN or change.new is None or not _is_cancelled(change.new):
        return False
    was_cancelled = change.old is not None and _is_cancelled(change.old)
    return not was_cancelled or done(change.old) != done(change.new)


def _is_cancelled(item: Item) -> bool:
    return keys.is_in_state(item, keys.FLOW_RUN, StateType.CANCELLED)


def done(item: Item | None) -> str:
    """Return the place in the order of task runs up to which they have been cancelled."""
    return str(item.get(DONE, "")) if item else ""


@dataclass(frozen=True)
class CancellationStore:
    """What is asked of the table about what a cancelled flow run takes along."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table)

    def task_runs(self, ids: Sequence[UUID]) -> list[Stored]:
        """Return those of the task runs that are there, whole, so that they can be written."""
        found = self.table.read_many([keys.task_run(run_id) for run_id in ids])
        return [task_run_items.read_task_run(item) for item in found.values()]

    def subflow_runs(self, task_run_id: UUID) -> Iterator[UUID]:
        """Yield the flow runs that have the task run as parent."""
        children = in_partition(keys.task_run(task_run_id).pk, keys.under(keys.SUBFLOW))
        return (items.pointed_to(item) for item in self.table.query(Query(children)))

    def note(self, run_id: UUID, place: str) -> None:
        """Keep how far the work is, which makes the stream tell of the flow run again."""
        with suppress(ConditionFailed):  # it is gone
            self.table.write(Add(keys.flow_run(run_id), {"rounds": 1}, PRESENT, {DONE: place}))
