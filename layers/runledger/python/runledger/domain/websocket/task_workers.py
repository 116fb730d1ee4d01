"""Task workers: their queues, the run that each one holds, and their disconnects."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from runledger.domain.runs.states import State
from runledger.domain.runs.task_runs import TaskRun, own_queue, task_queue
from runledger.domain.values import Value

# A client acknowledges a run at once, and closes by itself a connection that does not answer its
# pings for 40 seconds.
UNACKNOWLEDGED = timedelta(seconds=30)

# A run above API Gateway's 128 KB is sent without these; a worker finds the parameters by the
# state's details. The label comes back with the worker's events.
MAX_BYTES = 128 * 1024
IS_SHORTENED = "runledger.shortened"
DISPENSABLE: Mapping[str, object] = {
    "task_inputs": {},
    "labels": {IS_SHORTENED: True},
    "tags": (),
}
SHORTENED = "This task run is too large to be sent; its inputs, labels, tags and data are stored."


class Disconnect(Value):
    """The end of a worker's connection, and whether the platform ended it.

    A client that the platform disconnected connects again and still has its runs; one that closed
    the connection itself may have lost them.
    """

    at: datetime
    by_platform: bool
    unheard: bool = False
    """Whether the platform may have lost the client's last messages."""


class TaskWorker(Value):
    """A connection that gets runs, one at a time: `holding` awaits acknowledgement.

    After a disconnect (`gone`), it is unknown whether the client acknowledged that run. All runs
    that it holds are among `handed_out`, with some that it has started: the run knows.
    """

    connection_id: str
    client_id: str
    task_keys: tuple[str, ...]
    since: datetime
    holding: UUID | None = None
    handed_out: tuple[UUID, ...] = ()
    gone: Disconnect | None = None

    @property
    def is_idle(self) -> bool:
        """Whether it can get a run."""
        return self.gone is None and self.holding is None

    @property
    def queues(self) -> tuple[str, ...]:
        """Its queues, in the order in which they are emptied: first its client's own."""
        return () if self.gone else (own_queue(self.client_id), *self.task_queues)

    @property
    def task_queues(self) -> tuple[str, ...]:
        """The queues of its task keys; other connections of its client may have other keys."""
        return tuple(map(task_queue, self.task_keys))

    def is_overdue(self, now: datetime) -> bool:
        """Return whether its run is unacknowledged for so long that the client must be lost."""
        return self.holding is not None and now - self.since >= UNACKNOWLEDGED


def in_state(run: TaskRun, state: State) -> TaskRun:
    """Return a run with an earlier state."""
    return run.replace(state=state, state_id=state.id, state_type=state.type, state_name=state.name)


def shortened(run: TaskRun) -> TaskRun:
    """Shorten a run that is too large for a message; its state has a message about it."""
    state = run.state and run.state.replace(message=SHORTENED, data=None)
    return run.replace(**DISPENSABLE, state=state)
