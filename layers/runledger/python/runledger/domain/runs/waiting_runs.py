"""Background runs that wait for a task worker, and the names of their queues."""

from datetime import datetime
from uuid import UUID

from runledger.domain.runs.states import AWAITING_RETRY, State, is_taken_up, is_waiting
from runledger.domain.runs.task_runs import TaskRun
from runledger.domain.values import Value


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
