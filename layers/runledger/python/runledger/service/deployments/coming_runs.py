"""Creates the coming runs of a deployment's schedules, and removes those that a change left over.

A change of a deployment marks what is to be done in its own transaction, and does it at once; what
it has no time for, or what a crash cuts off, the next tick does (`service.timers`).
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.run_schedule import (
    AUTO_SCHEDULED,
    Bounds,
    ComingRun,
    RunPlan,
    late_at,
    plan,
    wanted_between,
)
from runledger.domain.errors import Unavailable, WriteConflict
from runledger.domain.runs.bookkeeping import record
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateDetails, StateType
from runledger.domain.runs.timers import LATE_AFTER, SCHEDULED, is_coming
from runledger.parallel import map_all
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import expired_runs, flow_run_deletion
from runledger.service.work_pools import links
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.schedulings import Scheduling, SchedulingStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import chunks
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from runledger.store.timers import TimerStore

MESSAGE = "Flow run scheduled"

# Runs that are looked at together.
PAGE = 100

# A timer that is due again at once is set so much later, so that no two have the same key.
MOMENT = timedelta(milliseconds=1)


def refresh(store: Store, deployment_id: UUID, deadline: Deadline, *, now: datetime) -> None:
    """Do what a change of a deployment left to do, until the deadline."""
    with suppress(Unavailable):
        settle(store.with_deadline(deadline), deployment_id, now=now)


def settle(store: Store, deployment_id: UUID, *, now: datetime) -> None:
    """Remove runs that are left over, mark late ones, create those that are missing.

    Raises:
        Unavailable: something was not done; a later call does it.
    """
    retry_on_conflict(lambda: _settle(store, deployment_id, now))


def _settle(store: Store, deployment_id: UUID, now: datetime) -> None:
    # In this order: what is read of the deployment is not older than the scheduling.
    seen = SchedulingStore.of(store).read(deployment_id)
    found = DeploymentStore.of(store).read(deployment_id)
    if seen is None or found is None:
        return
    if seen.changed():
        _remove(store, seen, now)
    next_late = _mark_late(store, deployment_id, now)
    missing = plan(found.deployment, seen.filled, now)
    if next_late:
        missing = missing._replace(look_again=min(filter(None, [missing.look_again, next_late])))
    _fill(Filler(store, found.deployment, now), seen, missing)


def _remove(store: Store, seen: Scheduling, now: datetime) -> None:
    """Remove the runs that a change left over; late ones stay unless the change says so."""
    schedulings = SchedulingStore.of(store)

    def is_left_over(run: FlowRun) -> bool:
        start = run.next_scheduled_start_time
        return is_coming(run) and (seen.removes_overdue or (start is not None and start > now))

    for some in chunks(schedulings.left_over(seen), PAGE):
        runs = schedulings.runs_of(some)
        left_over = [key for key in some if key not in runs or is_left_over(runs[key])]
        flow_run_deletion.delete_each(
            store, map(keys.timed_run, left_over), now=now, precondition=is_left_over
        )
        TimerStore.of(store).remove(left_over)


def _mark_late(store: Store, deployment_id: UUID, now: datetime) -> datetime | None:
    """Mark the late runs; return when the next one will be late."""
    schedulings = SchedulingStore.of(store)
    due: list[Key] = []
    next_late = None
    for key in schedulings.coming(deployment_id):
        next_late = keys.time_of(key) + LATE_AFTER
        if next_late > now:
            break
        due.append(key)
        next_late = None
    for some in chunks(due, PAGE):
        map_all(
            lambda run: expired_runs.expire(store, run, now=now),
            schedulings.runs_of(some).values(),
        )
        TimerStore.of(store).remove(some)
    return next_late


class Filler(NamedTuple):
    """Creates the runs of a deployment's schedules."""

    store: Store
    deployment: Deployment
    now: datetime

    def create(self, seen: Scheduling, wanted: Sequence[ComingRun], *, fills: bool) -> Scheduling:
        """Create runs together with the scheduling that was read; return the written one.

        With `fills`, they are those that the schedules have next.
        """
        queue = links.of_deployment(self.store, self.deployment) if wanted else None
        of_queue = queue.of_run() if queue else {}
        runs = {run.id: (run, one) for one in wanted for run in [self._new_run(one, of_queue)]}
        for batch in SchedulingStore.of(self.store).batches([run for run, _ in runs.values()]):
            last = {str(one.schedule.id): one.time for _, one in (runs[run.id] for run in batch)}
            after = seen._replace(filled={**seen.filled, **last}).done() if fills else seen
            seen = self._write(seen, after, batch)
        return seen

    def _write(self, seen: Scheduling, after: Scheduling, runs: Sequence[FlowRun]) -> Scheduling:
        """Write a scheduling with new runs, without those that exist already."""
        schedulings = SchedulingStore.of(self.store)
        try:
            return schedulings.write(seen, after, runs)
        except WriteConflict:
            taken = schedulings.taken(runs)
            if not taken:
                raise
        return schedulings.write(seen, after, [run for run in runs if run.id not in taken])

    def _new_run(self, coming: ComingRun, of_queue: Mapping[str, Any]) -> FlowRun:
        deployment, schedule, now = self.deployment, coming.schedule, self.now
        fields: dict[str, Any] = {
            **deployment.fields_of_runs(),
            **of_queue,
            "id": ids.run_id(),
            "created": now,
            "updated": now,
            "name": ids.name(),
            "parameters": {**deployment.parameters, **schedule.parameters},
            "idempotency_key": coming.idempotency_key,
            "tags": tuple(dict.fromkeys((AUTO_SCHEDULED, *deployment.tags))),
            "labels": deployment.labels_of_runs(None),
            "job_variables": {},
            "auto_scheduled": True,
            "created_by": coming.created_by(),
        }
        state = State(
            id=ids.state_id(now),
            type=StateType.SCHEDULED,
            name=SCHEDULED,
            timestamp=now,
            message=MESSAGE,
            state_details=StateDetails(scheduled_time=coming.time),
        )
        run = record(FlowRun.model_construct(**fields), state, now=now)
        # As on the reference, the state does not tell its run.
        return run.replace(state=run.state and run.state.belonging_to(flow_run_id=None))


def _fill(filler: Filler, seen: Scheduling, missing: RunPlan) -> None:
    """Create the missing runs, and set the timer."""
    times = [missing.look_again, *(late_at(run) for run in missing.runs[:1])]
    timer = min(filter(None, times), default=None)
    seen = filler.create(seen, missing.runs, fills=True)
    after = seen.done()._replace(
        timer=timer and max(timer, filler.now + MOMENT),
        filled={**seen.filled, **missing.ended},
    )
    if after != seen:
        SchedulingStore.of(filler.store).write(seen, after)


def schedule(
    store: Store,
    deployment_id: UUID,
    bounds: Bounds,
    *,
    start: datetime,
    now: datetime,
) -> None:
    """Create runs of a deployment's active schedules from a time on, also if it is paused."""

    def attempt() -> None:
        seen = SchedulingStore.of(store).read(deployment_id) or Scheduling(deployment_id)
        found = DeploymentStore.of(store).read(deployment_id)
        if found is None:
            return
        wanted = wanted_between(found.deployment, start, bounds)
        if wanted:
            first = max(late_at(wanted[0]), now + MOMENT)
            timer = min(filter(None, [seen.timer, first]))
            filler = Filler(store, found.deployment, now)
            seen = filler.create(seen, wanted, fills=False)
            SchedulingStore.of(store).write(seen, seen._replace(timer=timer))

    retry_on_conflict(attempt)
