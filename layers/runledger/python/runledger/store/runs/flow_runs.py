"""Flow runs in the table."""

import heapq
from collections.abc import Iterator, Sequence
from itertools import chain
from operator import itemgetter
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import Conflict, WriteConflict
from runledger.domain.runs.flow_run_inputs import FlowRunInput
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items, timers
from runledger.store.concurrency.lease_changes import LeaseChanges
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_partition
from runledger.store.dynamodb.large_documents import PIECES
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import derived_items, flow_run_inputs, flow_run_items
from runledger.store.runs.past_states import NO_STATES, PastStates, with_past
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import Shards, Store
from runledger.store.work_pools import run_entries


class StoredFlowRun(NamedTuple):
    """A flow run as it was read: the version guards the next write.

    `pieces` names the fields of its document that are stored in pieces.
    """

    run: FlowRun
    version: int
    pieces: str | None = None
    past: PastStates = NO_STATES


class Parent(NamedTuple):
    """The parent task run of a subflow run: as it was read, and as it will be written."""

    seen: Stored
    run: TaskRun


class ClaimedTaskRun(NamedTuple):
    """A task run of a flow run, and the sort key of its claim."""

    sort_key: str
    task_run_id: UUID


class FlowRunStore(NamedTuple):
    """Flow runs in the table."""

    table: Table
    shards: Shards
    actor: str | None = None

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards, store.actor)

    @property
    def _task_runs(self) -> TaskRunStore:
        return TaskRunStore(self.table, self.shards)

    def read(self, run_id: UUID) -> StoredFlowRun | None:
        """Return the flow run as last acknowledged."""
        item = self.table.read(keys.flow_run(run_id))
        if item is None:
            return None
        run = items.read_document(FlowRun, item)
        return StoredFlowRun(run, int(item["version"]), item.get(PIECES), PastStates.of(item))

    def after(self, change: Change) -> FlowRun | None:
        """Return the flow run after a change: whole, unless it was replaced meanwhile."""
        if change.new is None:
            return None
        (whole,) = self.table.assembler.complete([change.new])
        return items.read_document(FlowRun, whole or change.new)

    def create(self, run: FlowRun, parent: Parent | None = None) -> FlowRun:
        """Store a new flow run, or return the one that has its idempotency key already.

        Raises:
            WriteConflict: the parent task run, or the flow run that has the key, changed meanwhile.
        """
        try:
            self.table.write(
                *self.creation_writes(run), *(self._link_writes(run, parent) if parent else ())
            )
        except ConditionFailed as failed:
            return self._first(run, failed)
        return run

    def creation_writes(self, run: FlowRun, version: int | None = None) -> list[Write]:
        """Return the writes of a new flow run without a parent task run.

        Its timer tells the version of the scheduling by which it was created.
        """
        return [
            *_claim(run),
            Put(items.check_facts(self._item(run)), ABSENT),
            *(Put(items.pointer_item(key, run.id)) for key in _memberships(run)),
            *derived_items.new_run_writes(run, shards=self.shards.written),
            *derived_items.results(self.table, self.shards, run),
            *run_entries.new_run_writes(run),
            *timers.new_run_writes(run, version),
        ]

    def claimed(self, runs: Sequence[FlowRun]) -> set[UUID]:
        """Return the ids of those whose idempotency key is taken."""
        wanted = {key: run.id for run in runs for key in _claimed(run)}
        return {wanted[key] for key in self.table.read_many(list(wanted))}

    def rewrite(self, seen: StoredFlowRun, run: FlowRun) -> None:
        """Replace a flow run that was read; its state stays.

        Raises:
            WriteConflict: the flow run changed meanwhile.
        """
        self._write(run, *self._update_writes(seen, run))

    def commit(
        self,
        seen: StoredFlowRun,
        run: FlowRun,
        parent: Parent | None,
        *,
        new_input: FlowRunInput | None = None,
        deleted_inputs: Sequence[str] = (),
        leases: LeaseChanges | None = None,
    ) -> None:
        """Write a flow run in its new state, with the parent task run that mirrors it.

        The transaction also adds `new_input`, removes the inputs with the keys `deleted_inputs`,
        and changes `leases` of its deployment's slots.

        Raises:
            WriteConflict: the flow run, its parent, its lease or a limit changed meanwhile.
            TooLarge: there are more inputs to delete than a transaction can hold.
            Conflict: the run has an input with the new one's key.
        """
        mirror = self._mirror(parent) if parent else ()
        added = [flow_run_inputs.new_input_write(new_input)] if new_input else []
        deleted = flow_run_inputs.deletion_writes(run.id, deleted_inputs)
        own = [*self._update_writes(seen, run), *self._lease_writes(leases)]
        try:
            self._write(run, *own, *mirror, *added, *deleted)
        except WriteConflict:
            if new_input and self._has_input(seen, new_input):
                raise Conflict(f"flow run {run.id} was given {new_input.key}") from None
            raise

    def _has_input(self, seen: StoredFlowRun, new_input: FlowRunInput) -> bool:
        """Return whether an input's key is taken, if the run has not changed since it was read."""
        run_id = new_input.flow_run_id
        taken = flow_run_inputs.FlowRunInputStore(self.table).read(run_id, new_input.key)
        return taken is not None and self.read(run_id) == seen

    def _write(self, run: FlowRun, *writes: Write) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed

    def _update_writes(self, seen: StoredFlowRun, run: FlowRun) -> list[Write]:
        past, beside = with_past(seen.past, seen.run, run)
        item = self._item(run, version=seen.version + 1, past=past)
        derived = derived_items.update_writes(seen.run, run, shards=self.shards.written)
        return [
            Put(
                items.check_changed_facts(item, seen.run, run),
                has_version(seen.version),
                seen.pieces,
            ),
            *beside,
            *derived,
            *derived_items.results(self.table, self.shards, run, seen.run),
            *run_entries.update_writes(seen.run, run),
            *timers.update_writes(seen.run, run),
        ]

    def _item(self, run: FlowRun, *, version: int = 1, past: PastStates = NO_STATES) -> Item:
        shards = self.shards.written
        return flow_run_items.flow_run_item(
            run, version=version, past=past, shards=shards, actor=self.actor
        )

    def _mirror(self, parent: Parent, *, more_subflow_runs: int = 0) -> tuple[Write, ...]:
        seen, run = parent
        return (*self._task_runs.update_writes(seen, run, more_subflow_runs=more_subflow_runs),)

    def _link_writes(self, run: FlowRun, parent: Parent) -> tuple[Write, ...]:
        return (
            *self._mirror(parent, more_subflow_runs=1),
            Put(items.pointer_item(keys.subflow(parent.run.id, run.id), run.id)),
        )

    def _first(self, run: FlowRun, failed: ConditionFailed) -> FlowRun:
        first = self.by_idempotency_key(run)
        if first is None:
            raise WriteConflict(str(run.id)) from failed
        return first

    def by_idempotency_key(self, run: FlowRun) -> FlowRun | None:
        """Return the flow run of the same flow that has this one's idempotency key."""
        if run.idempotency_key is None:
            return None
        pointer = self.table.read(keys.idempotency(run.flow_id, run.idempotency_key))
        stored = self.read(items.pointed_to(pointer)) if pointer else None
        return stored and stored.run

    def claims(
        self, run_id: UUID, after: str = "", page: int | None = None
    ) -> Iterator[ClaimedTaskRun]:
        """Yield every acknowledged task run of a flow run, from the sort key `after` on."""
        first, last = keys.under(keys.TASK_KEY)
        partitions = keys.task_keys(run_id)
        wheres = (in_partition(pk, (max(first, after), last)) for pk in partitions)
        share = page and -(-page * 5 // (4 * len(partitions)))  # with a margin for chance
        found = self.table.query_each(Query(where, page=share) for where in wheres)
        for item in heapq.merge(*found, key=itemgetter("sk")):
            if item["sk"] > after:
                yield ClaimedTaskRun(item["sk"], items.pointed_to(item))

    def _lease_writes(self, leases: LeaseChanges | None) -> list[Write]:
        return leases.writes(self.table) if leases else []

    def delete(
        self, seen: StoredFlowRun, tombstone: Put, leases: LeaseChanges | None = None
    ) -> None:
        """Remove a flow run, give its slot back and write its tombstone.

        Its earlier states, inputs and task runs stay.

        Raises:
            WriteConflict: the flow run, its parent task run or its lease changed meanwhile.
        """
        run = seen.run
        try:
            self.table.write(
                *map(Delete, _claimed(run)),
                *self._unlink_writes(run),
                *map(Delete, _memberships(run)),
                *derived_items.deletion_writes(run),
                *run_entries.deletion_writes(run),
                *timers.deletion_writes(run),
                Delete(keys.flow_run(run.id), has_version(seen.version)),
                tombstone,
                *self._lease_writes(leases),
            )
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed

    def remove_rest(self, run_id: UUID) -> None:
        """Remove the earlier states, the inputs and the timer of a deleted flow run."""
        own = in_partition(keys.flow_run(run_id).pk, keys.retention_and_states())
        found = self.table.query(Query(own, attributes=keys.Key._fields))
        rest = chain(map(keys.of, found), flow_run_inputs.of_flow_run(self.table, run_id))
        self.table.remove_unordered(rest)

    def _unlink_writes(self, run: FlowRun) -> list[Write]:
        """Return the writes that remove a flow run's link from its parent task run."""
        if run.parent_task_run_id is None:
            return []
        parent = self._task_runs.read(run.parent_task_run_id)
        link = Delete(keys.subflow(run.parent_task_run_id, run.id))
        if parent is None:
            return [link]
        return [*self._task_runs.update_writes(parent, parent.run, more_subflow_runs=-1), link]


def _claimed(run: FlowRun) -> list[keys.Key]:
    if run.idempotency_key is None:
        return []
    return [keys.idempotency(run.flow_id, run.idempotency_key)]


def _claim(run: FlowRun) -> list[Put]:
    return [Put(items.pointer_item(key, run.id), ABSENT) for key in _claimed(run)]


def _memberships(run: FlowRun) -> list[keys.Key]:
    """Return the keys of the items by which a flow and a deployment find their runs."""
    of_flow = keys.flow_run_of_flow(run.flow_id, run.id)
    if run.deployment_id is None:
        return [of_flow]
    return [of_flow, keys.flow_run_of_deployment(run.deployment_id, run.id)]
