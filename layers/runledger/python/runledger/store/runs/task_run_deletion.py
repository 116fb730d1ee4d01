"""Deletes task runs with all items in their partitions, at once or in parts."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import Unavailable, WriteConflict
from runledger.domain.runs.flow_runs import FlowRun
from runledger.store import items
from runledger.store.concurrency.slots import release_writes
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import has_version, in_partition
from runledger.store.dynamodb.table import MAX_WRITES, Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import derived_items, flow_run_items, task_run_items
from runledger.store.runs.past_states import PastStates
from runledger.store.runs.task_runs import claimed_keys
from runledger.store.schema import keys
from runledger.store.store import Shards, Store


class TaskRunDeletionStore(NamedTuple):
    """Deletes task runs; the stream removes what one transaction can't hold."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def delete(
        self, run_id: UUID, now: datetime, *, precondition: Callable[[Item], bool] = bool
    ) -> bool:
        """Remove the run with its states, tags, key and slots, if its item meets the precondition.

        Return whether it did.

        Earlier states and subflow runs that exceed a transaction are removed after the run. If that
        is interrupted, the stream calls `remove_rest`.

        Raises:
            WriteConflict: the run got a new state meanwhile.
        """
        found = self._under(run_id)
        run_item = found.pop(keys.TASK_RUN, None)
        if run_item is None or not precondition(run_item):
            return False
        stored = task_run_items.read_task_run(run_item)
        first: list[Write] = [
            Delete(keys.task_run(run_id), has_version(stored.version)),
            *map(Delete, claimed_keys(stored)),
            # The reference does not release a deleted run's slots; they would stay taken for good.
            *release_writes(self.table, stored.held, now),
            *(Delete(keys.of(item)) for sk, item in found.items() if not _may_stay(sk)),
        ]
        rest = self._removal_of_rest(found)
        room = MAX_WRITES - len(first)
        try:
            self.table.write(*first, *rest[:room])
        except ConditionFailed as failed:
            raise WriteConflict(str(run_id)) from failed
        with suppress(ConditionFailed, Unavailable):
            self.table.write_batches(rest[room:])
        return True

    def remove_rest(self, run_id: UUID) -> None:
        """Remove the remaining items of a deleted run, if its id was not used again.

        Raises:
            WriteConflict: a flow run that has it as parent changed meanwhile.
        """
        # The run is read last: without it, the other items are not those of a new run.
        found = self._under(run_id)
        if keys.TASK_RUN in found:
            return
        try:
            self.table.write_batches(self._removal_of_rest(found))
        except ConditionFailed as failed:
            raise WriteConflict(str(run_id)) from failed

    def _under(self, run_id: UUID) -> dict[str, Item]:
        return {item["sk"]: item for item in self.table.query(_all_of(run_id))}

    def _removal_of_rest(self, found: Mapping[str, Item]) -> list[Write]:
        """Remove the items that may outlive the run; its subflow runs lose their parent."""
        links = [item for sk, item in found.items() if sk.startswith(keys.SUBFLOW)]
        children = self.table.read_many([keys.flow_run(items.pointed_to(link)) for link in links])
        return [
            *(Delete(keys.of(item)) for sk, item in found.items() if _may_stay(sk)),
            *map(self._without_parent, children.values()),
        ]

    def _without_parent(self, child: Item) -> Put:
        run = items.read_document(FlowRun, child).replace(parent_task_run_id=None)
        version, past = int(child["version"]), PastStates.of(child)
        item = flow_run_items.flow_run_item(
            run, version=version + 1, past=past, shards=self.shards.written
        )
        return Put(item, has_version(version), child.get(large_documents.PIECES))


def _all_of(run_id: UUID) -> Query:
    """All items in a run's partition but the pieces of documents: these are removed later."""
    return Query(in_partition(keys.task_run(run_id).pk, keys.all_but_document_pieces()))


def _may_stay(sk: str) -> bool:
    """Return whether an item may outlive its run for a while: a new run with its id has others."""
    return sk.startswith((keys.STATES, keys.SUBFLOW))


def fits_a_transaction(item: Item) -> bool:
    """Return whether one transaction can delete a run with all items in its partition.

    The tags count with their maximum: the item of a large document has only some of them.
    """
    stored = task_run_items.read_task_run(item)
    slots = 2 * sum(len(held.limits) for held in stored.held)
    return (
        5 + stored.past.earlier + slots + derived_items.MAX_TAGS + 2 * stored.subflow_runs
        <= MAX_WRITES
    )
