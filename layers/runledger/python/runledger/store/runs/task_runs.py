"""Task runs in the table."""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.concurrency_limits import HeldSlots
from runledger.domain.errors import Conflict, WriteConflict
from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun, goes_on_waiting
from runledger.store import items
from runledger.store.dynamodb import large_documents
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Delete, Item, Put, Write
from runledger.store.runs import derived_items, task_run_items
from runledger.store.runs.past_states import with_past
from runledger.store.runs.task_run_items import Hold, Stored
from runledger.store.schema import keys
from runledger.store.store import Shards, Store


class TaskRunStore(NamedTuple):
    """Task runs in the table."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self, run_id: UUID) -> Stored | None:
        """Return the run as last acknowledged."""
        item = self.table.read(keys.task_run(run_id))
        return task_run_items.read_task_run(item) if item else None

    def create(self, run: TaskRun, effects: Sequence[Write] = ()) -> TaskRun:
        """Store a new run, or return the one that has its key already.

        One transaction writes the run, the claim of its key, its derived items and the effects.

        Raises:
            Conflict: the id belongs to a run with another key.
            WriteConflict: the run that has the key was deleted meanwhile, or a condition of the
                effects failed.
        """
        try:
            self.table.write(*self.new_run_writes(run), *effects)
        except ConditionFailed as failed:
            return self._first(run, failed)
        return run

    def new_run_writes(
        self, run: TaskRun, *, claims: bool = True, reported: UUID | None = None
    ) -> list[Write]:
        """Return the writes of a new run: its item, claim and derived items.

        Raises:
            TooLarge: its name and tags, or its state's name, are too long.
        """
        stored = Stored(run, version=first_version(run), claims=claims, reported=reported)
        items.check_state_name(run.state_name or "")
        return [
            Put(items.check_facts(self._item(stored)), ABSENT),
            *_claim_writes(frozenset(), stored),
            *derived_items.new_run_writes(run, shards=self.shards.written),
            *([] if reported else derived_items.results(*self, run)),
        ]

    def _first(self, run: TaskRun, failed: ConditionFailed) -> TaskRun:
        """Return the run that has the key; mostly the failed conditions return its item."""
        (_, met_run), (_, met_pointer), *_ = failed.met
        # DynamoDB need not report every failed condition; then the key's item is read.
        pointer = met_pointer or self.table.read(_key_of(run))
        if pointer is None:
            if met_run is None and self.read(run.id) is None:
                raise WriteConflict(f"an input of task run {run.id} changed meanwhile")
            raise Conflict(f"task run {run.id} has another key")
        winner = items.pointed_to(pointer)
        if met_run and winner == run.id and not large_documents.references(met_run):
            return task_run_items.read_task_run(met_run).run
        stored = self.read(winner)
        if stored is None:
            raise WriteConflict(f"task run {winner} was deleted meanwhile")
        return stored.run

    def rewrite(self, seen: Stored, run: TaskRun) -> None:
        """Replace a run that was read; its state stays.

        Raises:
            WriteConflict: the run changed meanwhile.
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
        late: State | None = None,
        reported: UUID | None = None,
    ) -> list[Write]:
        """Return the writes that replace a run that was read, with its derived items.

        `held` and `claims` stay as they were if they are not given. A worker holds the run until it
        starts it. The state that the run leaves becomes a past one, as does a `late` one: a state
        older than that of the run.

        Raises:
            TooLarge: its name and tags, or its state's name, are too long.
        """
        past, beside = with_past(seen.past, seen.run, run, late)
        after = Stored(
            run,
            version=seen.version + 1,
            subflow_runs=seen.subflow_runs + more_subflow_runs,
            held=seen.held if held is None else held,
            claims=seen.claims if claims is None else claims,
            hold=seen.hold if goes_on_waiting(seen.run, run) else None,
            past=past,
            reported=reported,
        )
        derived = derived_items.update_writes(seen.run, run, shards=self.shards.written)
        claim = _claim_writes(claimed_keys(seen), after)
        item = items.check_changed_facts(self._item(after), seen.run, run)
        put = Put(item, has_version(seen.version), seen.pieces)
        results = [] if reported else derived_items.results(*self, run, seen.run)
        return [put, *beside, *derived, *claim, *results]

    def hold_write(self, seen: Stored, hold: Hold | None) -> Put:
        """Return the write that gives a run that was read to a worker, or takes it from one."""
        after = seen._replace(version=seen.version + 1, hold=hold)
        return Put(self._item(after), has_version(seen.version), seen.pieces)

    def _item(self, stored: Stored) -> Item:
        return task_run_items.task_run_item(stored, shards=self.shards.written)


def _key_of(run: TaskRun) -> keys.Key:
    return keys.task_key(run.flow_run_id, run.task_key, run.dynamic_key)


def claimed_keys(stored: Stored) -> AbstractSet[keys.Key]:
    return frozenset([_key_of(stored.run)] if stored.claims else [])


def _claim_writes(before: AbstractSet[keys.Key], after: Stored) -> list[Write]:
    """Return the writes that release the keys that the run no longer claims, and claim the new."""
    now = claimed_keys(after)
    claims = (items.pointer_item(key, after.run.id) for key in now - before)
    return [*map(Delete, before - now), *(Put(claim, ABSENT) for claim in claims)]


def first_version(run: TaskRun) -> int:
    """Return a run's first version; it differs from the versions of a deleted run with its id."""
    return round(run.created.timestamp() * 1_000_000)
