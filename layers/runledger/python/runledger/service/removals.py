"""What goes with what was deleted: logs, and what was created or left over meanwhile.

The stream tells of each removal at least once, and once more wherever there was not enough time.
All of it can be repeated: what is gone is not missed.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from runledger.domain.deployments import waits
from runledger.service import deletions, deployments
from runledger.service.reactions import Failure
from runledger.store import changes, keys, pieces
from runledger.store.changes import Change
from runledger.store.deadlines import Deadline
from runledger.store.failures import Late
from runledger.store.removal_keys import REMAINDER, kind_and_id
from runledger.store.store import Store

# A request that began before a removal may write until it ends, within 29 seconds; whether one did
# is looked up after these.
SETTLING = timedelta(seconds=60)


def follow(
    store: Store, records: Sequence[Mapping[str, Any]], deadline: Deadline, *, now: datetime
) -> Iterator[Failure]:
    """Remove what goes with what was removed; yield the first record for which that failed.

    A record of anything that is still there has no effect, whatever the source's filter lets pass,
    but that the pieces of an older document go.
    """
    for change in map(changes.read, records):
        try:
            store.removals.remove_superseded(change)
            _follow(store, change, deadline, now)
        except Exception as error:  # noqa: BLE001 - whatever it is, the stream repeats it
            yield Failure(change.sequence_number, error)
            return


def _follow(store: Store, change: Change, deadline: Deadline, now: datetime) -> None:
    if change.new is not None or change.key.sk not in FOLLOWED:
        return
    kind, item_id = kind_and_id(change.key)
    try:
        if change.key.sk == REMAINDER:
            store.until(deadline).removals.remove_orphaned_pieces(change.key, now - SETTLING)
        REMOVERS[kind](store.until(deadline), item_id, deadline, now)
    except Late:
        store.removals.tell_again(change.key, now)
    else:
        # A request that gives a task run a large state may have written its pieces meanwhile.
        if (kind in PARENTS or pieces.references(change.old or {})) and change.key.sk == kind:
            store.removals.tell_later(change.key, now + SETTLING)


def of_task_run(store: Store, run_id: UUID, _: Deadline, __: datetime) -> None:
    """Remove what a task run logged."""
    store.logs.remove(store.logs.of_task_run(run_id))


def of_flow_run(store: Store, run_id: UUID, _: Deadline, now: datetime) -> None:
    """Remove what is left of a flow run: task runs, whose own removal follows, inputs and logs."""
    deletions.delete_task_runs(store, run_id, now=now)
    store.flow_run_inputs.remove_all(run_id)
    store.logs.remove(store.logs.of_flow_run(run_id))


def of_flow(store: Store, flow_id: UUID, deadline: Deadline, now: datetime) -> None:
    """Remove what is left of a flow: flow runs, whose own removal follows, and deployments."""
    for run_id in store.flows.flow_runs(flow_id):
        deletions.delete_if_there(store, run_id, deadline, now=now)
    deployments.delete_of_flow(store, flow_id)


def of_deployment(store: Store, deployment_id: UUID, deadline: Deadline, now: datetime) -> None:
    """Remove the runs of a deployment that were never begun."""
    for run_id in store.deployments.flow_runs(deployment_id):
        deletions.delete_if_there(store, run_id, deadline, now=now, only=waits)


REMOVERS: Mapping[str, Callable[[Store, UUID, Deadline, datetime], None]] = {
    keys.TASK_RUN: of_task_run,
    keys.FLOW_RUN: of_flow_run,
    keys.FLOW: of_flow,
    keys.DEPLOYMENT: of_deployment,
}
FOLLOWED = frozenset({*REMOVERS, REMAINDER})
PARENTS = frozenset({keys.FLOW_RUN, keys.FLOW, keys.DEPLOYMENT})
