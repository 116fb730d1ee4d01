"""Task runs as events report them: found by their key or their id, and written with the event."""

from dataclasses import dataclass
from typing import Self
from uuid import UUID

from runledger.domain.errors import WriteConflict
from runledger.domain.events.events import ReceivedEvent
from runledger.domain.events.recorder import Recording, TaskRunReport
from runledger.domain.runs.states import State
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Put, Write
from runledger.store.events.events import EventStore
from runledger.store.runs import task_run_items
from runledger.store.runs.derived_items import history
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import FifoCache, Store


@dataclass(frozen=True)
class RecordedRun:
    """The run that a report is about, if it is stored, and the states that it has been in.

    `may_claim` tells whether no other run has the key that the report gives it; what is remembered
    may be no longer so, which the write of it finds out.
    """

    seen: Stored | None
    entered: tuple[State, ...] = ()
    may_claim: bool = True
    is_remembered: bool = False

    def is_of(self, report: TaskRunReport) -> bool:
        """Tell whether no other run can be the one that the report is about."""
        return bool(self.seen and self.seen.claims and _key(self.seen) == report.key)


@dataclass(frozen=True)
class RecordingStore:
    """What is asked of the table about reports of task runs."""

    table: Table
    task_runs: TaskRunStore
    events: EventStore
    known: FifoCache[RecordedRun]

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, TaskRunStore.of(store), EventStore.of(store), store.known_runs)

    def find(self, report: TaskRunReport, *, trust_cache: bool) -> RecordedRun:
        """Find the run: in a flow run the one that has the key, else the one that has the id.

        With hope, the run is taken to be as it was last written here, one that begins is not looked
        for, and one that is not stored is taken for a new one: most often it is, and else the write
        of it fails.

        Raises:
            WriteConflict: the run that has the key was deleted meanwhile.
        """
        if trust_cache:
            known = self.known.get(report.run_id)
            if known and known.is_of(report):
                return known
            if report.begins and not known:
                return RecordedRun(None)
        return self._found(report, trust_cache=trust_cache)

    def _found(self, report: TaskRunReport, *, trust_cache: bool) -> RecordedRun:
        own = self._read(report.run_id)
        if own.is_of(report) or (trust_cache and not own.seen):
            return own
        claim = self.table.read(keys.task_key(*report.key))
        claimant = items.pointed_to(claim) if claim else report.run_id
        if claimant == report.run_id:
            return own
        if report.flow_run_id is None:
            return RecordedRun(own.seen, own.entered, may_claim=False)
        first = self._read(claimant)
        if first.seen is None:
            raise WriteConflict(f"task run {claimant} was deleted meanwhile")
        return first

    def _read(self, run_id: UUID) -> RecordedRun:
        # Backwards, so that the run is read before its states: one that is added meanwhile is
        # either seen or makes the write of what was seen fail.
        run = keys.task_run(run_id)
        under_run = Query(in_partition(run.pk, keys.all_but_document_pieces()), reverse=True)
        found = {item["sk"]: item for item in self.table.query(under_run)}
        item = found.get(keys.TASK_RUN)
        first, last = keys.under(keys.STATE)
        states = (found[sk] for sk in found if first <= sk < last)
        return RecordedRun(
            task_run_items.read_task_run(item) if item else None,
            tuple(items.read_document(State, state) for state in states),
        )

    def commit(self, known_run: RecordedRun, recording: Recording, event: ReceivedEvent) -> None:
        """Write what an event comes to, and the event; nothing if the event is known.

        Raises:
            WriteConflict: the run, or the run that has its key, changed meanwhile.
        """
        writes = self._writes(known_run, recording)
        if known_run.seen:
            self.known.forget(known_run.seen.run.id)
        if known_run.is_remembered and not writes:
            raise WriteConflict(str(event.id))
        try:
            is_new = self.events.keep(event, *writes)
        except ConditionFailed as failed:
            raise WriteConflict(str(event.id)) from failed
        if is_new and recording.state:
            self._remember(writes[0], (*known_run.entered, recording.state))

    def _remember(self, written: Write, entered: tuple[State, ...]) -> None:
        if isinstance(written, Put):
            seen = task_run_items.read_task_run(written.item)
            self.known.keep(seen.run.id, RecordedRun(seen, entered, is_remembered=True))

    def _writes(self, known_run: RecordedRun, recording: Recording) -> list[Write]:
        run, seen = recording.run, known_run.seen
        if run and seen is None:
            return self.task_runs.new_run_writes(run, claims=known_run.may_claim)
        if seen is None or recording.state is None:
            return []
        # A state that comes late counts as a change of the run, or two could enter at one time.
        changed = self.task_runs.update_writes(
            seen, run or seen.run, claims=known_run.may_claim if run else seen.claims
        )
        own, shards = keys.task_run(seen.run.id), self.task_runs.shards.written
        return [*changed, *history(own, recording.state, shards=shards)]


def _key(stored: Stored) -> tuple[UUID | None, str, str]:
    run = stored.run
    return run.flow_run_id, run.task_key, run.dynamic_key
