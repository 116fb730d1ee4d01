"""WebSocket conversations: how one begins, what is said in it by its path, and how it ends."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from runledger.domain.errors import Gone
from runledger.domain.websocket import protocol
from runledger.domain.websocket.protocol import (
    INTERNAL_ERROR,
    SILENT,
    SUBPROTOCOL,
    TIME_TO_AUTHENTICATE,
    Closed,
)
from runledger.domain.websocket.task_workers import Departure
from runledger.service import events
from runledger.service.context import Means
from runledger.service.websocket import disconnects, event_subscriptions, log_subscriptions
from runledger.service.websocket.task_run_dispatcher import Counter
from runledger.store.store import Store
from runledger.store.websocket.connections import Connection

# Tells whether who shows this credential may speak.
Admits = Callable[[str | None], bool]

# Hears one message of a client that may speak.
Conversation = Callable[[Means, Connection, str], None]


def hand_out_task_runs(means: Means, connection: Connection, text: str) -> None:
    """Talk to a task worker."""
    Counter(means).hear(connection, text)


def take_events(means: Means, _: Connection, text: str) -> None:
    """Take what a client reports: an event with each message."""
    events.hear(means, text)


def tell_of_events(means: Means, connection: Connection, text: str) -> None:
    """Tell a client of the events that it asks for."""
    event_subscriptions.hear(means, connection.id, text)


def tell_of_logs(means: Means, connection: Connection, text: str) -> None:
    """Tell a client of the lines of logs that it asks for."""
    log_subscriptions.hear(means, connection.id, text)


CONVERSATIONS: Mapping[str, Conversation] = {
    "/task_runs/subscriptions/scheduled": hand_out_task_runs,
    "/events/in": take_events,
    "/events/out": tell_of_events,
    "/logs/out": tell_of_logs,
}

# What is said there has its effect even if the connection ends meanwhile.
HEARD_OUT = {"/events/in"}

# Silent clients that a sweep ends, some at a time: more would outlast the function's 29 s.
MAX_ENDED, AT_ONCE = 5_000, 16


class Client(NamedTuple):
    """Who asks for a conversation: what it is to be about, and what the client speaks."""

    path: str
    subprotocols: tuple[str, ...]


def begin(
    store: Store, connection_id: str, client: Client, admits: Admits, *, now: datetime
) -> bool:
    """Begin a conversation, unless nobody here knows what to say on its path.

    Who does not offer the subprotocol shows no credentials, and is let in only where none are asked
    for (contract, task-runs 6.1). Where they are, a client that is let in has to show them in time.
    """
    shows_credentials, is_open = SUBPROTOCOL in client.subprotocols, admits(None)
    if client.path not in CONVERSATIONS or not (shows_credentials or is_open):
        return False
    connection = Connection(
        id=connection_id,
        path=client.path,
        admitted=not shows_credentials,
        heard_out=client.path in HEARD_OUT,
        deadline=None if is_open else now + TIME_TO_AUTHENTICATE,
    )
    store.connections.open(connection, now)
    return True


@dataclass(frozen=True)
class Ears:
    """Where messages are heard."""

    means: Means
    admits: Admits

    def hear(self, connection_id: str, text: str) -> None:
        """Hear a message.

        A client that is cut off by an error of ours comes back, and what it had to say or was to
        be told is not lost.
        """
        try:
            self._hear(connection_id, text)
        except Closed as end:
            self.means.sockets.close(connection_id, end.code, end.reason)
        except Gone:
            return  # What has to follow, follows when its end is told.
        except BaseException:
            self.means.sockets.close(connection_id, INTERNAL_ERROR, "Internal error")
            raise

    def _hear(self, connection_id: str, text: str) -> None:
        connection = self.means.store.connections.read(connection_id)
        if connection is None:
            raise _unknown()
        if not connection.admitted:
            self._admit(connection, text)
            return
        CONVERSATIONS[connection.path](self.means, connection, text)

    def _admit(self, connection: Connection, text: str) -> None:
        protocol.authenticate(text, self.admits)
        if not self.means.store.connections.admit(connection, self.means.now):
            raise _unknown()
        self.means.sockets.send(connection.id, protocol.AUTH_SUCCESS)


def end(store: Store, connection_id: str, gone: Departure) -> None:
    """Forget a conversation that ended."""
    disconnects.leave(store, connection_id, gone)
    store.listeners.remove(connection_id)
    store.log_listeners.remove(connection_id)
    store.connections.forget(connection_id)


def end_silent(means: Means) -> None:
    """End the connections of clients that have not shown credentials in time, and forget them.

    API Gateway may fail to tell that they have ended. A client that is there comes back.

    Raises:
        Unavailable: API Gateway or the table does not answer; the next sweep tries again.
    """
    overdue = islice(means.store.connections.overdue(means.now), MAX_ENDED)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(partial(_end_silent, means), overdue):
            pass


def _end_silent(means: Means, connection_id: str) -> None:
    connection = means.store.connections.read(connection_id)
    if connection and not connection.admitted:
        means.sockets.close(connection_id, INTERNAL_ERROR, SILENT)
        means.store.connections.forget(connection_id)


def _unknown() -> Closed:
    return Closed(INTERNAL_ERROR, "Unknown connection")
