"""Task workers, the background runs that wait for them, and who has which."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from runledger.domain.runs.states import AWAITING_RETRY, State, is_taken_up, is_waiting
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value

# A client acknowledges a run as soon as it has it, and gives up by itself a connection that does
# not answer its pings for 40 seconds.
UNACKNOWLEDGED = timedelta(seconds=30)

# What can't be sent as it is, goes without these; a worker finds the parameters through the state's
# details. API Gateway carries 128 KB. The label comes back with what the worker reports.
MAX_BYTES = 128 * 1024
IS_SHORTENED = "runledger.shortened"
DISPENSABLE: Mapping[str, object] = {
    "task_inputs": {},
    "labels": {IS_SHORTENED: True},
    "tags": (),
}
SHORTENED = "This task run is too large to be sent; its inputs, labels, tags and data are stored."


class WaitingRun(Value):
    """A background run that waits for a worker, in the queue of its task key.

    Retries come before new runs, and the run that has waited longest before others.
    """

    run_id: UUID
    state_id: UUID
    queue: str
    retry: bool
    since: datetime
    acknowledged: bool = False
    """Whether a worker that is gone had acknowledged it."""


class Disconnect(Value):
    """When a worker's connection ended, and whether that was the platform's doing.

    A client that the platform cut off is still there, and comes back knowing its runs; one that
    ended the connection itself may have lost them.
    """

    at: datetime
    by_platform: bool
    unheard: bool = False
    """Whether the platform may have lost what the client said in that moment."""


class TaskWorker(Value):
    """A connection that hands over runs, one at a time: `holding` awaits acknowledgement.

    If it is gone, nobody knows whether that was acknowledged.
    """

    connection_id: str
    client_id: str
    task_keys: tuple[str, ...]
    since: datetime
    holding: UUID | None = None
    gone: Disconnect | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it would take a run."""
        return self.gone is None and self.holding is None

    @property
    def queues(self) -> tuple[str, ...]:
        """The queues to look into, each to be emptied before the next: first its client's own."""
        return () if self.gone else (own_queue(self.client_id), *self.task_queues)

    @property
    def task_queues(self) -> tuple[str, ...]:
        """The queues of its tasks: other connections of its client may run others."""
        return tuple(map(task_queue, self.task_keys))

    def is_overdue(self, now: datetime) -> bool:
        """Tell whether it has left a run unacknowledged for too long to be alive."""
        return self.holding is not None and now - self.since >= UNACKNOWLEDGED


def task_queue(task_key: str) -> str:
    """Name the queue of a task key."""
    return f"task:{task_key}"


def own_queue(client_id: str) -> str:
    """Name the queue of runs that only this client may have, for it once acknowledged them."""
    return f"client:{client_id}"


def is_unstarted(run: TaskRun, queued: WaitingRun) -> bool:
    """Tell whether a run is still to be started by whoever gets it from the queue.

    Where the worker that had it is gone, one that was only taken up is so too.
    """
    if queued.acknowledged and is_taken_up(run.state):
        return True
    return run.state_id == queued.state_id and is_waiting(run.state)


def waiting_run(run: TaskRun, state: State) -> WaitingRun:
    """Return the place in its queue of a run that entered the state."""
    return WaitingRun(
        run_id=run.id,
        state_id=state.id,
        queue=task_queue(run.task_key),
        retry=state.name == AWAITING_RETRY,
        since=state.timestamp,
    )


def in_state(run: TaskRun, state: State) -> TaskRun:
    """Return a run as it was in an earlier state."""
    return run.replace(state=state, state_id=state.id, state_type=state.type, state_name=state.name)


def shortened(run: TaskRun) -> TaskRun:
    """Return what a worker needs of a run that is too large for a message, and says so."""
    state = run.state and run.state.replace(message=SHORTENED, data=None)
    return run.replace(**DISPENSABLE, state=state)
