"""The keys of task workers, of what waits for them and of connections; `keys` has the chart.

In `by_owner`, the owner UNAUTHENTICATED has the connections whose clients have yet to show
credentials, by when that is due: <deadline>#<connection>.
"""

from datetime import datetime
from uuid import UUID

from runledger.store.schema import keys, sort_keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import bounded, join

HOLD, QUEUE, CONNECTION, UNAUTHENTICATED = "HOLD", "QUEUE", "CONNECTION", "UNAUTHENTICATED"
TASK_WORKER, TASK_WORKERS = "TASK_WORKER", "TASK_WORKERS"


def hold(run_id: UUID) -> Key:
    """The item that says which task worker has a background run."""
    return Key(keys.task_run(run_id).pk, HOLD)


def queue(name: str) -> str:
    """The partition of what waits in a queue, in the order in which it is handed out."""
    return join(QUEUE, bounded(name))


def waiting(queue_name: str, since: datetime, state_id: UUID, *, again: bool) -> Key:
    """A run in a queue; those to be handed out again come before those that never were."""
    return Key(queue(queue_name), join(int(not again), sort_keys.instant(since), state_id))


def task_worker(connection_id: str) -> Key:
    return Key(TASK_WORKERS, join(TASK_WORKER, connection_id))


def connection(connection_id: str) -> Key:
    return Key(join(CONNECTION, connection_id), CONNECTION)


def connection_of(key: Key) -> str:
    """The id of the connection that an item is of."""
    return key.pk.removeprefix(CONNECTION + sort_keys.SEPARATOR)


def due(connection_id: str, deadline: datetime) -> str:
    """The place of a connection among those that are to authenticate, by when that is due."""
    return join(sort_keys.instant(deadline), connection_id)


def due_until(now: datetime) -> tuple[str, str]:
    """The range of the connections of which that was due before now."""
    return "0", sort_keys.instant(now)
