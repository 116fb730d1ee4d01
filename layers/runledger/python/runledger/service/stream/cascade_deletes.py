"""Cascade deletes: remove a deleted entity's logs, its members, and items written meanwhile.

The stream has a record of each removal at least once; where the time was too short, a `REMAINDER`
item repeats it. All removals can be repeated.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.parallel import map_all
from runledger.service.deployments import deployment_deletion, flows
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_run_deletion
from runledger.service.stream.failures import Failure
from runledger.store import stream_changes
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.errors import DeadlineExceeded
from runledger.store.dynamodb.stream_records import Change
from runledger.store.logs.logs import LogStore
from runledger.store.runs.cascade_deletes import CascadeDeleteStore
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER
from runledger.store.store import Store

# A request that began before a removal may write until it ends, within 29 seconds; after this time
# the cascade delete is repeated for its writes.
SETTLING = timedelta(seconds=60)


class Removed(NamedTuple):
    """The entity that was removed; `is_complete` if none of its items can remain."""

    id: UUID
    is_complete: bool
    now: datetime


def follow(
    store: Store, batch: Sequence[Change], deadline: Deadline, *, now: datetime
) -> Iterator[Failure]:
    """Remove the remaining items of removed entities; yield the first change that failed.

    Changes of entities that still exist only remove the pieces of an older document. Those of task
    runs are handled in parallel, before those of their parents, which take longer.
    """
    changes = list(filter(_leaves_items, batch))

    def attempt(number: int) -> Exception | None:
        try:
            CascadeDeleteStore.of(store).remove_superseded(changes[number])
            _remove_rest(store, changes[number], deadline, now)
        except Exception as error:  # noqa: BLE001 - the stream repeats the record
            return error
        return None

    leaves = [number for number, change in enumerate(changes) if not _is_of_parent(change)]
    parents = [number for number, change in enumerate(changes) if _is_of_parent(change)]
    errors = dict(zip(leaves, map_all(attempt, leaves), strict=True))
    errors |= {number: attempt(number) for number in parents}
    failed = ((number, errors[number]) for number in sorted(errors))
    for number, error in failed:
        if error:
            yield Failure(changes[number].sequence_number, error)
            return


def _leaves_items(change: Change) -> bool:
    return stream_changes.is_removal(change) or stream_changes.had_document_pieces(change)


def _is_of_parent(change: Change) -> bool:
    return any(keys.is_of(change.key, kind) for kind in PARENTS)


def _remove_rest(store: Store, change: Change, deadline: Deadline, now: datetime) -> None:
    if not stream_changes.is_removal(change) or change.key.sk not in HANDLED:
        return
    kind, item_id = keys.entity_of(change.key)
    is_entity = change.key.sk == kind
    is_complete = change.key.sk == keys.TASK_RUN and stream_changes.removal_was_complete(change)
    removed = Removed(item_id, is_complete, now)
    try:
        if change.key.sk == REMAINDER:
            CascadeDeleteStore.of(store.with_deadline(deadline)).remove_orphaned_pieces(
                change.key, now - SETTLING
            )
        REMOVERS[kind](store.with_deadline(deadline), removed)
    except DeadlineExceeded:
        CascadeDeleteStore.of(store).repeat_now(change.key, now)
    else:
        # A request that gives a task run a large state may have written its pieces meanwhile.
        if is_entity and (kind in PARENTS or stream_changes.had_document_pieces(change)):
            CascadeDeleteStore.of(store).repeat_later(change.key, now + SETTLING)


def of_task_run(store: Store, removed: Removed) -> None:
    """Remove a task run's logs, and the states and links that exceeded its transaction."""
    if not removed.is_complete:
        retry_on_conflict(lambda: TaskRunDeletionStore.of(store).remove_rest(removed.id))
    LogStore.of(store).remove(LogStore.of(store).of_task_run(removed.id))


def of_flow_run(store: Store, removed: Removed) -> None:
    """Remove a flow run's remaining items and logs; its task runs' removals are records, too."""
    flow_run_deletion.remove_rest(store, removed.id, now=removed.now)
    LogStore.of(store).remove(LogStore.of(store).of_flow_run(removed.id))


def of_flow(store: Store, removed: Removed) -> None:
    """Remove a flow's flow runs and deployments; the flow runs' removals are records, too."""
    flows.remove_rest(store, removed.id, now=removed.now)


def of_deployment(store: Store, removed: Removed) -> None:
    """Remove the runs of a deployment that never started."""
    deployment_deletion.remove_rest(store, removed.id, now=removed.now)


def of_concurrency_limit(store: Store, removed: Removed) -> None:
    """Remove the slots that are held of a limit."""
    ConcurrencyLimitStore.of(store).remove_slots(removed.id)


REMOVERS: Mapping[str, Callable[[Store, Removed], None]] = {
    keys.TASK_RUN: of_task_run,
    keys.FLOW_RUN: of_flow_run,
    keys.FLOW: of_flow,
    keys.DEPLOYMENT: of_deployment,
    keys.LIMIT_ID: of_concurrency_limit,
}
HANDLED = frozenset({*REMOVERS, REMAINDER})
PARENTS = frozenset({keys.FLOW_RUN, keys.FLOW, keys.DEPLOYMENT})
