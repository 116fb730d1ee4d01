"""The time up to which a deployment's scheduled runs exist: changes and ticks share this item.

A change of the deployment marks, in its own transaction, what it leaves to do: coming runs are to
be removed, and new ones created. Whoever does that writes the item, together with the runs, on the
condition that it is as it was read: no run of a schedule is created after the schedule changed.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import chain
from typing import Any, NamedTuple, Self
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.schedules import Schedule
from runledger.domain.errors import WriteConflict
from runledger.domain.runs.flow_runs import FlowRun
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, has_version, in_partition
from runledger.store.dynamodb.table import MAX_WRITES, Query, Table, chunks
from runledger.store.dynamodb.writes import Add, Delete, Item, Put, Write
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Shards, Store


class SchedulingChange(NamedTuple):
    """The effect of a deployment's change on its coming runs.

    Those after now are removed, unless a schedule is only `added`; with `overdue` all of them.
    """

    now: datetime
    added: bool = False
    overdue: bool = False


class Scheduling(NamedTuple):
    """The time up to which a deployment's runs are created, and what is left of a change.

    `filled` has the last time of each schedule; `timer` is when to look again.
    """

    deployment_id: UUID
    version: int = 0
    filled: Mapping[str, datetime] = {}
    timer: datetime | None = None
    removes_coming: bool = False
    removes_overdue: bool = False

    def done(self) -> Self:
        """Return the scheduling after the runs were removed."""
        return self._replace(removes_coming=False, removes_overdue=False)

    def changed(self) -> bool:
        """Return whether a change has left runs to remove."""
        return self.removes_coming or self.removes_overdue


class SchedulingStore(NamedTuple):
    """Schedulings in the table, and the runs that schedules created."""

    table: Table
    shards: Shards

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.index_shards)

    def read(self, deployment_id: UUID) -> Scheduling | None:
        """Return the scheduling as last acknowledged."""
        item = self.table.read(keys.scheduling(deployment_id))
        return _read(deployment_id, item) if item else None

    def coming(self, deployment_id: UUID) -> Iterable[Key]:
        """Yield the keys of the runs that wait for their time, the first one first.

        Among them may be runs that began, or were deleted.
        """
        return map(keys.of, self._under(deployment_id, keys.COMING))

    def remove_rest(self, deployment_id: UUID) -> None:
        """Remove the timers that runs of a deleted deployment have left behind."""
        kinds = (keys.COMING, keys.OVERDUE)
        found = chain.from_iterable(self._under(deployment_id, kind) for kind in kinds)
        self.table.remove_unordered(map(keys.of, found))

    def left_over(self, seen: Scheduling) -> Iterable[Key]:
        """Yield the keys of the waiting and the late runs that were created before a change."""
        waiting = self._under(seen.deployment_id, keys.COMING)
        yield from (keys.of(item) for item in waiting if item.get("version", 0) <= seen.version)
        # A run is late 15 s after its creation, if not later: none of these is of another creator.
        if seen.removes_overdue and self.read(seen.deployment_id) == seen:
            yield from map(keys.of, self._under(seen.deployment_id, keys.OVERDUE))

    def _under(self, deployment_id: UUID, kind: str) -> Iterator[Item]:
        where = in_partition(keys.deployment(deployment_id).pk, keys.under(kind))
        attributes = (*Key._fields, "version")
        return self.table.query(Query(where, page=128, attributes=attributes))

    def runs_of(self, found: Sequence[Key]) -> dict[Key, FlowRun]:
        """Return the runs of such keys, if they exist."""
        wanted = {keys.flow_run(keys.timed_run(key)): key for key in found}
        runs = self.table.read_many(list(wanted))
        return {wanted[key]: items.read_document(FlowRun, item) for key, item in runs.items()}

    def write(
        self, seen: Scheduling, after: Scheduling, runs: Sequence[FlowRun] = ()
    ) -> Scheduling:
        """Write a scheduling that was read, with new runs, and its timer if that changes.

        Raises:
            WriteConflict: it changed meanwhile, or a run has an idempotency key that is taken.
        """
        after = after._replace(version=seen.version + 1)
        store = FlowRunStore(self.table, self.shards)
        creations = (write for run in runs for write in store.creation_writes(run, after.version))
        expected = has_version(seen.version) if seen.version else ABSENT
        try:
            self.table.write(Put(_item(after), expected), *_timer_writes(seen, after), *creations)
        except ConditionFailed as failed:
            raise WriteConflict(str(seen.deployment_id)) from failed
        return after

    def taken(self, runs: Sequence[FlowRun]) -> set[UUID]:
        """Return the ids of the runs whose idempotency keys are taken."""
        return FlowRunStore(self.table, self.shards).claimed(runs)

    def batches(self, runs: Sequence[FlowRun]) -> Iterator[list[FlowRun]]:
        """Yield as many runs at a time as a transaction can hold beside a scheduling.

        The runs of a deployment's schedules all take as many writes.
        """
        store = FlowRunStore(self.table, self.shards)
        writes = len(store.creation_writes(runs[0])) if runs else 1
        return chunks(runs, max((MAX_WRITES - 3) // writes, 1))


def change_writes(
    before: Sequence[Schedule], deployment: Deployment, change: SchedulingChange | None
) -> list[Write]:
    """Return the writes by which a change of a deployment marks what it leaves to do."""
    if change is None or not (before or deployment.active_schedules()):
        return []
    # A timer that was set before stays; it is removed when it is due.
    marks: dict[str, Any] = {"timer": change.now.isoformat()}
    marks |= {} if change.added else {"removes_coming": 1, "filled": "{}"}
    marks |= {"removes_overdue": 1} if change.overdue else {}
    timer = keys.timer(keys.DEPLOYMENT, change.now, deployment.id)
    return [
        Add(keys.scheduling(deployment.id), {"version": 1}, sets=marks),
        Put(items.pointer_item(timer, deployment.id)),
    ]


def _timer_writes(seen: Scheduling, after: Scheduling) -> list[Write]:
    if seen.timer == after.timer:
        return []
    before, now = (
        one.timer and keys.timer(keys.DEPLOYMENT, one.timer, one.deployment_id)
        for one in (seen, after)
    )
    put = [Put(items.pointer_item(now, after.deployment_id))] if now else []
    return [*put, *([Delete(before)] if before else [])]


def _item(scheduling: Scheduling) -> Item:
    filled = {schedule: time.isoformat() for schedule, time in scheduling.filled.items()}
    return items.new_item(
        keys.scheduling(scheduling.deployment_id),
        version=scheduling.version,
        filled=json.dumps(filled),
        timer=scheduling.timer and scheduling.timer.isoformat(),
        removes_coming=1 if scheduling.removes_coming else None,
        removes_overdue=1 if scheduling.removes_overdue else None,
    )


def _read(deployment_id: UUID, item: Item) -> Scheduling:
    filled = json.loads(item.get("filled", "{}"))
    timer = item.get("timer")
    return Scheduling(
        deployment_id,
        version=int(item["version"]),
        filled={schedule: datetime.fromisoformat(time) for schedule, time in filled.items()},
        timer=datetime.fromisoformat(timer) if timer else None,
        removes_coming="removes_coming" in item,
        removes_overdue="removes_overdue" in item,
    )
