"""What goes with what was deleted: logs, and what was created or left over meanwhile.

The stream tells of each removal at least once, and once more wherever there was not enough time.
All of it can be repeated: what is gone is not missed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from runledger.parallel import map_all
from runledger.service.deployments import deployments, flows
from runledger.service.retries import retry_on_conflict
from runledger.service.runs import flow_run_deletion
from runledger.service.stream.reactions import Failure
from runledger.store import stream_changes
from runledger.store.dynamodb import stream_records
from runledger.store.dynamodb.errors import DeadlineExceeded
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Deadline
from runledger.store.logs.logs import LogStore
from runledger.store.runs.cascade_deletes import CascadeDeleteStore
from runledger.store.runs.task_run_deletion import TaskRunDeletionStore
from runledger.store.schema import keys
from runledger.store.schema.keys import REMAINDER
from runledger.store.store import Store

# A request that began before a removal may write until it ends, within 29 seconds; whether one did
# is looked up after these.
SETTLING = timedelta(seconds=60)


class Removed(NamedTuple):
    """The entity that was removed; `is_complete` if nothing of it can be left over."""

    id: UUID
    is_complete: bool
    now: datetime


def follow(
    store: Store, records: Sequence[Mapping[str, Any]], deadline: Deadline, *, now: datetime
) -> Iterator[Failure]:
    """Remove what goes with what was removed; yield the first record for which that failed.

    A record of anything that is still there has no effect, whatever the source's filter lets pass,
    but that the pieces of an older document go. Those of task runs are followed side by side, and
    before those of what has task runs, which take longer.
    """
    changes = list(map(stream_records.read, records))

    def attempt(number: int) -> Exception | None:
        try:
            CascadeDeleteStore.of(store).remove_superseded(changes[number])
            _follow(store, changes[number], deadline, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the stream repeats it
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


def _is_of_parent(change: Change) -> bool:
    return any(keys.is_of(change.key, kind) for kind in PARENTS)


def _follow(store: Store, change: Change, deadline: Deadline, now: datetime) -> None:
    if not stream_changes.is_removal(change) or change.key.sk not in FOLLOWED:
        return
    kind, item_id = keys.entity_of(change.key)
    is_itself = change.key.sk == kind
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
        if is_itself and (kind in PARENTS or stream_changes.had_document_pieces(change)):
            CascadeDeleteStore.of(store).repeat_later(change.key, now + SETTLING)


def of_task_run(store: Store, removed: Removed) -> None:
    """Remove what a task run logged, and states and links that were too many to go with it."""
    if not removed.is_complete:
        retry_on_conflict(lambda: TaskRunDeletionStore.of(store).remove_rest(removed.id))
    LogStore.of(store).remove(LogStore.of(store).of_task_run(removed.id))


def of_flow_run(store: Store, removed: Removed) -> None:
    """Remove what is left of a flow run, its logs among it; its task runs' own removal follows."""
    flow_run_deletion.remove_rest(store, removed.id, now=removed.now)
    LogStore.of(store).remove(LogStore.of(store).of_flow_run(removed.id))


def of_flow(store: Store, removed: Removed) -> None:
    """Remove what is left of a flow: flow runs, whose own removal follows, and deployments."""
    flows.remove_rest(store, removed.id, now=removed.now)


def of_deployment(store: Store, removed: Removed) -> None:
    """Remove the runs of a deployment that were never begun."""
    deployments.remove_rest(store, removed.id, now=removed.now)


REMOVERS: Mapping[str, Callable[[Store, Removed], None]] = {
    keys.TASK_RUN: of_task_run,
    keys.FLOW_RUN: of_flow_run,
    keys.FLOW: of_flow,
    keys.DEPLOYMENT: of_deployment,
}
FOLLOWED = frozenset({*REMOVERS, REMAINDER})
PARENTS = frozenset({keys.FLOW_RUN, keys.FLOW, keys.DEPLOYMENT})
