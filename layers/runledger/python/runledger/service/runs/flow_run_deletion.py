"""Deletes flow runs: first the flow run, then its task runs, states and inputs.

In this order no new task runs can be created in it meanwhile. If a request's time is too short, the
table's stream removes the rest: see `service.stream.cascade_deletes`.
"""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from uuid import UUID

from runledger.domain.errors import NotFound, Unavailable
from runledger.domain.runs.flow_runs import FlowRun
from runledger.parallel import MAX_PARALLEL, map_all
from runledger.service import bulk
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import deployment_slots
from runledger.service.runs.flow_runs import NOT_FOUND
from runledger.store.concurrency.lease_changes import LeaseChanges
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import chunks
from runledger.store.runs.cascade_deletes import CascadeDeleteStore
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.store import Store

# Task runs that are read and removed before the next ones are read.
PAGE = 256


def delete(store: Store, run_id: UUID, deadline: Deadline, *, now: datetime) -> None:
    """Remove a flow run and, until the deadline, its task runs, states and inputs.

    Task runs that events created in a flow run that does not exist are removed, too.

    Raises:
        NotFound: there is no flow run.
    """
    was_deleted = _delete_alone(store, run_id, now=now)
    with suppress(Unavailable):
        remove_rest(store.with_deadline(deadline), run_id, now=now)
    if not was_deleted:
        raise NotFound(NOT_FOUND)


def delete_all(
    store: Store, ids: Sequence[UUID], deadline: Deadline, *, now: datetime
) -> list[UUID]:
    """Remove flow runs as `delete` does, and return those that existed."""
    return bulk.delete_each(
        store,
        ids,
        deadline,
        delete=partial(_delete_alone, now=now),
        remove_rest=partial(remove_rest, now=now, max_parallel=1),
    )


def delete_each(
    store: Store,
    ids: Iterable[UUID],
    *,
    now: datetime,
    precondition: Callable[[FlowRun], bool] = bool,
) -> None:
    """Remove the flow runs that meet the precondition, with their task runs, states and inputs."""

    def delete_one(run_id: UUID) -> None:
        if _delete_alone(store, run_id, now=now, precondition=precondition):
            remove_rest(store, run_id, now=now, max_parallel=1)

    for some in chunks(ids, PAGE):
        map_all(delete_one, some)


def delete_from_below(
    store: Store,
    run_id: UUID,
    delete_task_run: Callable[[UUID], None],
    *,
    now: datetime,
    precondition: Callable[[FlowRun], bool],
) -> None:
    """Remove a flow run's task runs, and then the flow run if none of them is left.

    It must meet the precondition. Its states and inputs are left to the table's stream.
    """
    claims = FlowRunStore.of(store).claims

    def is_ready(run: FlowRun) -> bool:
        return precondition(run) and not any(claims(run_id, page=1))

    for some in chunks(claims(run_id, page=PAGE), PAGE):
        map_all(delete_task_run, [claim.task_run_id for claim in some])
    _delete_alone(store, run_id, now=now, precondition=is_ready)


def _delete_alone(
    store: Store, run_id: UUID, *, now: datetime, precondition: Callable[[FlowRun], bool] = bool
) -> bool:
    """Remove a flow run by itself; return whether it existed and met the precondition."""

    def attempt() -> bool:
        seen = FlowRunStore.of(store).read(run_id)
        if seen is None or not precondition(seen.run):
            return False
        tombstone = CascadeDeleteStore.of(store).tombstone(run_id, now)
        leases = LeaseChanges(now, given_back=deployment_slots.held_lease(store, seen.run))
        FlowRunStore.of(store).delete(seen, tombstone, leases)
        CascadeDeleteStore.of(store).cache_tombstone(run_id, now)
        return True

    return retry_on_conflict(attempt)


def remove_rest(
    store: Store, run_id: UUID, *, now: datetime, max_parallel: int = MAX_PARALLEL
) -> None:
    """Remove the task runs, the states and the inputs of a deleted flow run."""
    delete_task_run = partial(_delete_task_run, store, now=now)
    claims = FlowRunStore.of(store).claims(run_id, page=PAGE)
    for some in chunks(claims, PAGE):
        map_all(delete_task_run, [claim.task_run_id for claim in some], max_parallel)
    FlowRunStore.of(store).remove_rest(run_id)


def _delete_task_run(store: Store, run_id: UUID, now: datetime) -> None:
    retry_on_conflict(lambda: TaskRunDeletionStore.of(store).delete(run_id, now))
