"""Removes finished runs when their time is over: the runs under them first.

The record of a timer's removal says which run to look at. It leaves if it and all runs under it
are finished, and ended long enough ago; otherwise it is looked at again later. Each removal expects
the run as it was read, so that no run leaves that was started anew. All of it can be repeated.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import partial
from uuid import UUID

from runledger.service import artifacts
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_run_deletion
from runledger.service.stream.failures import Failure
from runledger.store import stream_changes
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.errors import DeadlineExceeded
from runledger.store.dynamodb.stream_records import Change
from runledger.store.retention import RetentionStore
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store


def follow(
    store: Store, batch: Sequence[Change], deadline: Deadline, *, now: datetime
) -> Iterator[Failure]:
    """Remove the runs whose timers were removed; yield the first change that failed."""
    if store.run_retention is None:
        return
    for change in filter(stream_changes.is_end_of_retention, batch):
        try:
            look_at(store, keys.entity(*keys.entity_of(change.key)), deadline, now=now)
        except Exception as error:  # noqa: BLE001 - the stream repeats the record
            yield Failure(change.sequence_number, error)
            return


def look_at(store: Store, root: Key, deadline: Deadline, *, now: datetime) -> None:
    """Remove a run, if it may leave; otherwise set a timer, if it may later."""
    retention = RetentionStore.of(store)
    ended = retention.end_of_root(root)
    if ended is None:
        return
    if not retention.is_past(ended, now):
        retention.set_timer(root, ended, now)
        return
    try:
        has_left = _leave(store, root, deadline, now)
    except DeadlineExceeded:
        retention.repeat_now(root, now)
    else:
        if not has_left:
            retention.repeat_later(root, now)


def _leave(store: Store, root: Key, deadline: Deadline, now: datetime) -> bool:
    """Remove a run and all runs under it, if they may leave; return whether it has left.

    Raises:
        DeadlineExceeded: the rest can be removed by another call.
    """
    flow_runs = _flow_runs_under(store, root, deadline, now)
    if flow_runs is None:
        return False
    _remove(store.with_deadline(deadline), root, flow_runs, now)
    return RetentionStore.of(store).end_of_root(root) is None


def _flow_runs_under(
    store: Store, root: Key, deadline: Deadline, now: datetime
) -> list[UUID] | None:
    """Return the flow runs of a tree; None if it may not leave, or is too large to be looked at.

    This may take half of the time. A call that had no time left to remove some of a large tree
    would be repeated at once, and cost the same again for nothing.

    Raises:
        DeadlineExceeded: other changes of the batch have taken the time.
    """
    begun = deadline.clock()
    half = Deadline(begun + (deadline.at - begun) / 2, deadline.clock)
    try:
        return RetentionStore.of(store.with_deadline(half)).flow_runs_under(root, now)
    except DeadlineExceeded:
        if begun - now > (deadline.at - now) / 4:
            raise
        return None


def _remove(store: Store, root: Key, flow_runs: Sequence[UUID], now: datetime) -> None:
    """Remove a run and the runs under it, the flow runs among them in reverse order.

    Their artifacts go first: those of a run that is gone would not be found if this is repeated.
    """
    for run_id in reversed(flow_runs):
        artifacts.delete_of_run(store, keys.flow_run(run_id))
        _remove_flow_run(store, run_id, now)
    kind, run_id = keys.entity_of(root)
    if kind == keys.TASK_RUN:
        artifacts.delete_of_run(store, root)
        _remove_task_run(store, now, run_id)


def _remove_flow_run(store: Store, run_id: UUID, now: datetime) -> None:
    retention = RetentionStore.of(store)
    flow_run_deletion.delete_from_below(
        store,
        run_id,
        partial(_remove_task_run, store, now),
        now=now,
        precondition=partial(retention.has_past, now=now),
    )


def _remove_task_run(store: Store, now: datetime, run_id: UUID) -> None:
    may_leave = partial(RetentionStore.of(store).may_leave, now=now)
    deletion = TaskRunDeletionStore.of(store)
    retry_on_conflict(lambda: deletion.delete(run_id, now, precondition=may_leave))
