"""Task runs in the table."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Self
from uuid import UUID

from runledger.domain.concurrency.concurrency_limits import HeldSlots
from runledger.domain.errors import Conflict, Unavailable, WriteConflict
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.task_runs import TaskRun
from runledger.store import items, size_limits
from runledger.store.concurrency.slots import release_writes
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_partition
from runledger.store.dynamodb.table import MAX_WRITES, Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import derived_items, flow_run_items, task_run_items
from runledger.store.runs.state_items import history
from runledger.store.runs.task_run_items import Stored
from runledger.store.schema import keys
from runledger.store.schema.shards import Shards
from runledger.store.store import Store


@dataclass(frozen=True)
class TaskRunStore:
    """What is asked of the table about task runs."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.index_shards)

    def read(self, run_id: UUID) -> Stored | None:
        """Return the run as last acknowledged."""
        item = self.table.read(keys.task_run(run_id))
        return task_run_items.read_task_run(item) if item else None

    def create(self, run: TaskRun, effects: Sequence[Write] = ()) -> TaskRun:
        """Store a new run, or return the one that has its key already.

        The run, the claim of its key, its first state and what is kept beside it are written
        together or not at all.

        Raises:
            Conflict: the id belongs to a run with another key.
            WriteConflict: the run that has the key was deleted meanwhile.
        """
        try:
            self.table.write(*self.new_run_writes(run), *effects)
        except ConditionFailed as failed:
            return self._first(run, failed)
        return run

    def new_run_writes(self, run: TaskRun, *, claims: bool = True) -> list[Write]:
        """Store a new run, claiming its key or not, with its first state and what is beside it."""
        stored = Stored(run, version=_first_version(run), claims=claims)
        return [
            Put(size_limits.check_facts(self._item(stored)), ABSENT),
            *_reclaimed(frozenset(), stored),
            *history(keys.task_run(run.id), run.state, shards=self.shards.written),
            *derived_items.new_run_writes(run, shards=self.shards.written),
        ]

    def _first(self, run: TaskRun, failed: ConditionFailed) -> TaskRun:
        """Return the run that won the key; what the refused write met saves reading it."""
        (_, met_run), (_, met_pointer), *_ = failed.met
        # DynamoDB need not report every condition that fails, so the key is asked for itself.
        pointer = met_pointer or self.table.read(_key_of(run))
        if pointer is None:
            raise Conflict(f"task run {run.id} has another key")
        winner = items.pointed_to(pointer)
        if met_run and winner == run.id and not large_documents.references(met_run):
            return task_run_items.read_task_run(met_run).run
        stored = self.read(winner)
        if stored is None:
            raise WriteConflict(f"task run {winner} was deleted meanwhile")
        return stored.run

    def rewrite(self, seen: Stored, run: TaskRun) -> None:
        """Replace the run that was read, unless it moved; its state stays.

        Raises:
            WriteConflict: somebody else wrote first.
        """
        try:
            self.table.write(*self.update_writes(seen, run))
        except ConditionFailed as failed:
            raise WriteConflict(str(run.id)) from failed

    def update_writes(
        self,
        seen: Stored,
        run: TaskRun,
        *,
        more_subflow_runs: int = 0,
        held: tuple[HeldSlots, ...] | None = None,
        claims: bool | None = None,
    ) -> list[Write]:
        """Replace a run that was read, unless it moved, and change what is kept beside it.

        Slots, and whether it claims its key, stay if not given.
        """
        after = Stored(
            run,
            version=seen.version + 1,
            subflow_runs=seen.subflow_runs + more_subflow_runs,
            held=seen.held if held is None else held,
            claims=seen.claims if claims is None else claims,
        )
        beside = derived_items.changed(seen.run, run, shards=self.shards.written)
        claim = _reclaimed(_claimed(seen), after)
        item = size_limits.check_changed_facts(self._item(after), seen.run, run)
        return [Put(item, has_version(seen.version), seen.pieces), *beside, *claim]

    def delete(self, run_id: UUID, now: datetime) -> bool:
        """Remove the run with its states, tags, key and slots; return whether it was there.

        What exceeds a transaction, states beyond the first hundred or so, goes after the run. If
        that is cut off, the stream has it removed: see `remove_rest`.

        Raises:
            WriteConflict: the run got a new state meanwhile.
        """
        found = self._under(run_id)
        run_item = found.pop(keys.TASK_RUN, None)
        if run_item is None:
            return False
        stored = task_run_items.read_task_run(run_item)
        first: list[Write] = [
            Delete(keys.task_run(run_id), has_version(stored.version)),
            *map(Delete, _claimed(stored)),
            *derived_items.uncounted(stored.run),
            # The reference leaves slots taken that a deleted run held; nobody could give them back.
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
        """Remove what a removed run left, if it was not created anew under its id.

        Raises:
            WriteConflict: a flow run that has it as parent changed meanwhile.
        """
        # The run is read last: what is found without it was not written by a new run.
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
        """Remove what may stay for a while; a flow run that has the run as parent loses it."""
        links = [item for sk, item in found.items() if sk.startswith(keys.SUBFLOW)]
        children = self.table.read_many([keys.flow_run(items.pointed_to(link)) for link in links])
        return [
            *(Delete(keys.of(item)) for sk, item in found.items() if _may_stay(sk)),
            *map(self._orphaned, children.values()),
        ]

    def _orphaned(self, child: Item) -> Put:
        orphan = items.read_document(FlowRun, child).replace(parent_task_run_id=None)
        version = int(child["version"])
        item = flow_run_items.flow_run_item(orphan, version=version + 1, shards=self.shards.written)
        return Put(item, has_version(version), child.get(large_documents.PIECES))

    def _item(self, stored: Stored) -> Item:
        return task_run_items.task_run_item(stored, shards=self.shards.written)


def _all_of(run_id: UUID) -> Query:
    """All that lies with a run, without the pieces of its documents: these go after it."""
    return Query(in_partition(keys.task_run(run_id).pk, keys.all_but_document_pieces()))


def _key_of(run: TaskRun) -> keys.Key:
    return keys.task_key(run.flow_run_id, run.task_key, run.dynamic_key)


def _claimed(stored: Stored) -> AbstractSet[keys.Key]:
    return frozenset([_key_of(stored.run)] if stored.claims else [])


def _reclaimed(before: AbstractSet[keys.Key], after: Stored) -> list[Write]:
    """Give up a key that is no longer the run's, and claim the one that now is."""
    now = _claimed(after)
    claims = (items.pointer_item(key, after.run.id) for key in now - before)
    return [*map(Delete, before - now), *(Put(claim, ABSENT) for claim in claims)]


def _first_version(run: TaskRun) -> int:
    """Another one than any of the run that had the id before, to those who read that one."""
    return round(run.created.timestamp() * 1_000_000)


def _may_stay(sk: str) -> bool:
    """Tell whether an item may outlive its run for a while: a new run with its id has another."""
    return sk.startswith((keys.STATE, keys.SUBFLOW))


def fits_a_transaction(item: Item) -> bool:
    """Tell whether a run as it was last can't have had more than is removed with it.

    Of a large document its item shows a part: not all of the tags.
    """
    stored = task_run_items.read_task_run(item)
    changes = stored.version - _first_version(stored.run)
    slots = 2 * sum(len(held.limits) for held in stored.held)
    return 5 + changes + slots + derived_items.MAX_TAGS + 2 * stored.subflow_runs <= MAX_WRITES
