"""Flow runs in the table."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import Conflict, WriteConflict
from runledger.domain.runs.flow_run_inputs import FlowRunInput
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_partition
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import derived_items, flow_run_inputs, flow_run_items
from runledger.store.runs.derived_items import history
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import Shards, Store


class StoredFlowRun(NamedTuple):
    """A flow run as it was read: the version guards the next write.

    `pieces` tells which fields of its document are elsewhere.
    """

    run: FlowRun
    version: int
    pieces: str | None = None


class Parent(NamedTuple):
    """The task run that stands for a subflow run: as it was read, and as it is to be."""

    seen: Stored
    run: TaskRun


class ClaimedTaskRun(NamedTuple):
    """A task run of a flow run, and its place in the order in which they are kept."""

    place: str
    task_run_id: UUID


@dataclass(frozen=True)
class FlowRunStore:
    """What is asked of the table about flow runs."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.index_shards)

    @property
    def _task_runs(self) -> TaskRunStore:
        return TaskRunStore(self.table, self.shards)

    def read(self, run_id: UUID) -> StoredFlowRun | None:
        """Return the flow run as last acknowledged."""
        item = self.table.read(keys.flow_run(run_id))
        if item is None:
            return None
        run = items.read_document(FlowRun, item)
        return StoredFlowRun(run, int(item["version"]), item.get("document_pieces"))

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
                *_claim(run),
                Put(items.check_facts(self._item(run)), ABSENT),
                *(Put(items.pointer_item(key, run.id)) for key in _memberships(run)),
                *history(keys.flow_run(run.id), run.state, shards=self.shards.written),
                *derived_items.new_run_writes(run, shards=self.shards.written),
                *(self._adoption(run, parent) if parent else ()),
            )
        except ConditionFailed as failed:
            return self._first(run, failed)
        return run

    def rewrite(self, seen: StoredFlowRun, run: FlowRun) -> None:
        """Replace the flow run that was read, unless it moved; its state stays.

        Raises:
            WriteConflict: somebody else wrote first.
        """
        self._write_unmoved(run, *self._amended(seen, run))

    def commit(
        self,
        seen: StoredFlowRun,
        run: FlowRun,
        parent: Parent | None,
        *,
        given: FlowRunInput | None = None,
        forgotten: Sequence[str] = (),
    ) -> None:
        """Write a flow run in its new state, with the parent task run that mirrors it.

        With it is written what the run is given, and goes what it was given under `forgotten` keys.

        Raises:
            WriteConflict: one of the two changed meanwhile.
            TooLarge: so many keys are not forgotten at once.
            Conflict: the run was given something else under that key.
        """
        mirror = self._mirror(parent) if parent else ()
        own = history(keys.flow_run(run.id), run.state, shards=self.shards.written)
        put = [flow_run_inputs.new(given)] if given else []
        gone = flow_run_inputs.forgetting(run.id, forgotten)
        try:
            self._write_unmoved(run, *self._amended(seen, run), *own, *mirror, *put, *gone)
        except WriteConflict:
            if given and self._is_given(seen, given):
                raise Conflict(f"flow run {run.id} was given {given.key}") from None
            raise

    def _is_given(self, seen: StoredFlowRun, given: FlowRunInput) -> bool:
        """Tell whether a key is taken, of a run that is still as it was read."""
        taken = flow_run_inputs.FlowRunInputStore(self.table).read(given.flow_run_id, given.key)
        return taken is not None and self.read(given.flow_run_id) == seen

    def _write_unmoved(self, run: FlowRun, *writes: Write) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed

    def _amended(self, seen: StoredFlowRun, run: FlowRun) -> list[Write]:
        item = self._item(run, version=seen.version + 1)
        beside = derived_items.update_writes(seen.run, run, shards=self.shards.written)
        return [
            Put(
                items.check_changed_facts(item, seen.run, run),
                has_version(seen.version),
                seen.pieces,
            ),
            *beside,
        ]

    def _item(self, run: FlowRun, *, version: int = 1) -> Item:
        return flow_run_items.flow_run_item(run, version=version, shards=self.shards.written)

    def _mirror(self, parent: Parent, *, more_subflow_runs: int = 0) -> tuple[Write, ...]:
        run = parent.run
        return (
            *self._task_runs.update_writes(parent.seen, run, more_subflow_runs=more_subflow_runs),
            *history(keys.task_run(run.id), run.state, shards=self.shards.written),
        )

    def _adoption(self, run: FlowRun, parent: Parent) -> tuple[Write, ...]:
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
        """Return the flow run of the same flow that has this one's key."""
        if run.idempotency_key is None:
            return None
        pointer = self.table.read(keys.idempotency(run.flow_id, run.idempotency_key))
        stored = self.read(items.pointed_to(pointer)) if pointer else None
        return stored and stored.run

    def claims(
        self, run_id: UUID, after: str = "", page: int | None = None
    ) -> Iterator[ClaimedTaskRun]:
        """Yield every acknowledged task run of a flow run, from a place in their order on."""
        first, last = keys.under(keys.TASK_KEY)
        rest = in_partition(keys.flow_run(run_id).pk, (max(first, after), last))
        for item in self.table.query(Query(rest, page=page)):
            if item["sk"] > after:
                yield ClaimedTaskRun(item["sk"], items.pointed_to(item))

    def delete(self, seen: StoredFlowRun, tombstone: Put) -> None:
        """Remove a flow run, in whose place a tombstone stays; what lies under it is left.

        Raises:
            WriteConflict: the flow run or its parent task run changed meanwhile.
        """
        run = seen.run
        try:
            self.table.write(
                *map(Delete, _claimed(run)),
                *self._release(run),
                *map(Delete, _memberships(run)),
                *derived_items.deletion_writes(run),
                Delete(keys.flow_run(run.id), has_version(seen.version)),
                tombstone,
            )
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed

    def remove_rest(self, run_id: UUID) -> None:
        """Remove the states and the inputs of a flow run that is gone."""
        states = in_partition(keys.flow_run(run_id).pk, keys.under(keys.STATE))
        found = self.table.query(Query(states, attributes=keys.Key._fields))
        rest = chain(map(keys.of, found), flow_run_inputs.of_flow_run(self.table, run_id))
        self.table.remove_unordered(rest)

    def _release(self, run: FlowRun) -> list[Write]:
        """Take the flow run off its parent task run, which itself stays as it is."""
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
    """Return the items under which a flow and a deployment find their runs."""
    of_flow = keys.flow_run_of_flow(run.flow_id, run.id)
    if run.deployment_id is None:
        return [of_flow]
    return [of_flow, keys.flow_run_of_deployment(run.deployment_id, run.id)]
