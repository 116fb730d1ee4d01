"""The progress of cancelling a cancelled flow run's task runs and subflow runs."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import NamedTuple, Self
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

# An attribute of a flow run's item. A write of the flow run removes it, so cancelling starts again.
PROGRESS = "cancelled_up_to"


def is_cancellation(change: Change) -> bool:
    """Return whether a flow run was cancelled, or some of its task runs after it."""
    if change.key.sk != keys.FLOW_RUN or change.new is None or not _is_cancelled(change.new):
        return False
    was_cancelled = change.old is not None and _is_cancelled(change.old)
    return not was_cancelled or cancelled_up_to(change.old) != cancelled_up_to(change.new)


def _is_cancelled(item: Item) -> bool:
    return keys.is_in_state(item, keys.FLOW_RUN, StateType.CANCELLED)


def cancelled_up_to(item: Item | None) -> str:
    """Return the sort key of the last task run that has been cancelled."""
    return str(item.get(PROGRESS, "")) if item else ""


class CancellationStore(NamedTuple):
    """The task runs and subflow runs of cancelled flow runs."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def task_runs(self, ids: Sequence[UUID]) -> list[Stored]:
        """Return the task runs that exist, with whole documents, so that they can be written."""
        found = self.table.read_many([keys.task_run(run_id) for run_id in ids])
        return [task_run_items.read_task_run(item) for item in found.values()]

    def subflow_runs(self, task_run_id: UUID) -> Iterator[UUID]:
        """Yield the flow runs that have the task run as parent."""
        children = in_partition(keys.task_run(task_run_id).pk, keys.under(keys.SUBFLOW))
        return (items.pointed_to(item) for item in self.table.query(Query(children)))

    def record_progress(self, run_id: UUID, sort_key: str) -> None:
        """Store the sort key of the last cancelled task run; the stream then continues."""
        progress = {PROGRESS: sort_key}
        with suppress(ConditionFailed):  # The flow run was deleted.
            self.table.write(Add(keys.flow_run(run_id), {"rounds": 1}, PRESENT, progress))
