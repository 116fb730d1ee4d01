"""Task runs that events report: found by their key or their id, and written with the event."""

from collections.abc import Sequence
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.errors import WriteConflict
from runledger.domain.events.events import ReceivedEvent
from runledger.domain.events.recorder import Recording, TaskRunReport
from runledger.domain.runs.states import State
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Put, Write
from runledger.store.events.events import EventStore
from runledger.store.runs import task_run_items
from runledger.store.runs.past_states import states_of
from runledger.store.runs.task_run_items import Stored
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.store import FifoCache, Store


class RecordedRun(NamedTuple):
    """The run of a report, if it is stored, and the states that it has been in.

    `may_claim` says that no other run has the key that the report gives it. A run from the cache
    (`is_cached`) may be outdated, and its write then fails.
    """

    seen: Stored | None
    states: tuple[State, ...] = ()
    may_claim: bool = True
    is_cached: bool = False

    def is_of(self, report: TaskRunReport) -> bool:
        """Return whether this is surely the run of the report: it claims the report's key."""
        return bool(self.seen and self.seen.claims and _key(self.seen) == report.key)


class RecordingStore(NamedTuple):
    """Reports of task runs: finds their runs and writes both."""

    table: Table
    task_runs: TaskRunStore
    events: EventStore
    known: FifoCache[RecordedRun]

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, TaskRunStore.of(store), EventStore.of(store), store.known_runs)

    def find(self, report: TaskRunReport, *, trust_cache: bool) -> RecordedRun:
        """Find the run: in a flow run the one that has the key, else the one that has the id.

        With `trust_cache`, a cached run is not read again, a run that begins is not looked for, and
        a run that is not stored counts as new. Mostly this is right; otherwise the write fails.

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
            return RecordedRun(own.seen, own.states, may_claim=False)
        first = self._read(claimant)
        if first.seen is None:
            raise WriteConflict(f"task run {claimant} was deleted meanwhile")
        return first

    def _read(self, run_id: UUID) -> RecordedRun:
        # The run is read before its earlier states: one that is added meanwhile makes the write of
        # the run fail.
        item = self.table.read(keys.task_run(run_id))
        if item is None:
            return RecordedRun(None)
        states = tuple(states_of(self.table, item))
        return RecordedRun(task_run_items.read_task_run(item), states)

    def commit(
        self,
        known_run: RecordedRun,
        recording: Recording,
        event: ReceivedEvent,
        *,
        beside: Sequence[Write] = (),
    ) -> None:
        """Write a recording, and then its event: the run of a stored event is written.

        The writes `beside` are in the transaction of a run that is written.

        If only the run is written, the repeated event finds its state in the run.

        Raises:
            WriteConflict: the run, or the run that has its key, changed meanwhile.
        """
        writes = self._writes(known_run, recording)
        if known_run.seen:
            self.known.forget(known_run.seen.run.id)
        if known_run.is_cached and not writes:
            raise WriteConflict(str(event.id))
        if writes:
            self._write([*writes, *beside], event)
        if recording.state:
            self._cache(writes[0], (*known_run.states, recording.state))
        self.events.add(event)

    def _write(self, writes: Sequence[Write], event: ReceivedEvent) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict(str(event.id)) from failed

    def _cache(self, written: Write, states: tuple[State, ...]) -> None:
        if isinstance(written, Put):
            seen = task_run_items.read_task_run(written.item)
            self.known.put(seen.run.id, RecordedRun(seen, states, is_cached=True))

    def _writes(self, known_run: RecordedRun, recording: Recording) -> list[Write]:
        run, seen = recording.run, known_run.seen
        if run and seen is None:
            return self.task_runs.new_run_writes(
                run, claims=known_run.may_claim, reported=run.state_id
            )
        if seen is None or recording.state is None:
            return []
        return self.task_runs.update_writes(
            seen,
            run or seen.run,
            claims=known_run.may_claim if run else seen.claims,
            late=None if run else recording.state,
            reported=recording.state.id,
        )


def _key(stored: Stored) -> tuple[UUID | None, str, str]:
    run = stored.run
    return run.flow_run_id, run.task_key, run.dynamic_key
