"""Task workers, the background runs that wait for them, and who has which."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun, own_queue, task_queue
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


def in_state(run: TaskRun, state: State) -> TaskRun:
    """Return a run as it was in an earlier state."""
    return run.replace(state=state, state_id=state.id, state_type=state.type, state_name=state.name)


def shortened(run: TaskRun) -> TaskRun:
    """Return what a worker needs of a run that is too large for a message, and says so."""
    state = run.state and run.state.replace(message=SHORTENED, data=None)
    return run.replace(**DISPENSABLE, state=state)
