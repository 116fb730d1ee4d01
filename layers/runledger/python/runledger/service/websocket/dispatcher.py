"""WebSocket conversations: how one begins, what is said in it by its path, and how it ends."""

from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from runledger.domain.errors import ConnectionClosed
from runledger.domain.websocket import protocol
from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.domain.websocket.protocol import (
    INTERNAL_ERROR,
    SILENT,
    SUBPROTOCOL,
    TIME_TO_AUTHENTICATE,
    CloseConnection,
)
from runledger.domain.websocket.task_workers import Disconnect
from runledger.service import events
from runledger.service.context import ServiceContext
from runledger.service.websocket import disconnects, event_subscriptions, log_subscriptions
from runledger.service.websocket.task_run_dispatcher import TaskRunDispatcher
from runledger.store.store import Store
from runledger.store.websocket.connections import Connection, ConnectionStore
from runledger.store.websocket.event_subscriptions import SubscriberStore

# Tells whether who shows this credential may speak.
Admits = Callable[[str | None], bool]

# Hears one message of a client that may speak.
Conversation = Callable[[ServiceContext, Connection, str], None]


def hand_out_task_runs(context: ServiceContext, connection: Connection, text: str) -> None:
    """Talk to a task worker."""
    TaskRunDispatcher(context).hear(connection, text)


def take_events(context: ServiceContext, _: Connection, text: str) -> None:
    """Take what a client reports: an event with each message."""
    events.hear(context, text)


def tell_of_events(context: ServiceContext, connection: Connection, text: str) -> None:
    """Tell a client of the events that it asks for."""
    event_subscriptions.hear(context, connection.id, text)


def tell_of_logs(context: ServiceContext, connection: Connection, text: str) -> None:
    """Tell a client of the lines of logs that it asks for."""
    log_subscriptions.hear(context, connection.id, text)


CONVERSATIONS: Mapping[str, Conversation] = {
    "/task_runs/subscriptions/scheduled": hand_out_task_runs,
    "/events/in": take_events,
    "/events/out": tell_of_events,
    "/logs/out": tell_of_logs,
}

# What is said there has its effect even if the connection ends meanwhile.
FINISH_AFTER_CLOSE = {"/events/in"}

# Silent clients that a sweep ends, some at a time: more would outlast the function's 29 s.
MAX_ENDED, AT_ONCE = 5_000, 16


class Handshake(NamedTuple):
    """Who asks for a conversation: what it is to be about, and what the client speaks."""

    path: str
    subprotocols: tuple[str, ...]


def begin(
    store: Store, connection_id: str, client: Handshake, admits: Admits, *, now: datetime
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
        finish_after_close=client.path in FINISH_AFTER_CLOSE,
        deadline=None if is_open else now + TIME_TO_AUTHENTICATE,
    )
    ConnectionStore.of(store).open(connection, now)
    return True


@dataclass(frozen=True)
class WebSocketDispatcher:
    """Where messages are heard."""

    context: ServiceContext
    admits: Admits

    def hear(self, connection_id: str, text: str) -> None:
        """Hear a message.

        A client that is cut off by an error of ours comes back, and what it had to say or was to
        be told is not lost.
        """
        try:
            self._hear(connection_id, text)
        except CloseConnection as end:
            self.context.connections.close(connection_id, end.code, end.reason)
        except ConnectionClosed:
            return  # What has to follow, follows when its end is told.
        except BaseException:
            self.context.connections.close(connection_id, INTERNAL_ERROR, "Internal error")
            raise

    def _hear(self, connection_id: str, text: str) -> None:
        connection = ConnectionStore.of(self.context.store).read(connection_id)
        if connection is None:
            raise _unknown()
        if not connection.admitted:
            self._admit(connection, text)
            return
        CONVERSATIONS[connection.path](self.context, connection, text)

    def _admit(self, connection: Connection, text: str) -> None:
        protocol.authenticate(text, self.admits)
        if not ConnectionStore.of(self.context.store).admit(connection, self.context.now):
            raise _unknown()
        self.context.connections.send(connection.id, protocol.AUTH_SUCCESS)


def end(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Forget a conversation that ended."""
    disconnects.record_disconnect(store, connection_id, gone)
    SubscriberStore.of(store, EventSubscriber).remove(connection_id)
    SubscriberStore.of(store, LogSubscriber).remove(connection_id)
    ConnectionStore.of(store).forget(connection_id)


def end_silent(context: ServiceContext) -> None:
    """End the connections of clients that have not shown credentials in time, and forget them.

    API Gateway may fail to tell that they have ended. A client that is there comes back.

    Raises:
        Unavailable: API Gateway or the table does not answer; the next sweep tries again.
    """
    overdue = islice(ConnectionStore.of(context.store).overdue(context.now), MAX_ENDED)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for _ in pool.map(partial(_end_silent, context), overdue):
            pass


def _end_silent(context: ServiceContext, connection_id: str) -> None:
    connection = ConnectionStore.of(context.store).read(connection_id)
    if connection and not connection.admitted:
        context.connections.close(connection_id, INTERNAL_ERROR, SILENT)
        ConnectionStore.of(context.store).forget(connection_id)


def _unknown() -> CloseConnection:
    return CloseConnection(INTERNAL_ERROR, "Unknown connection")
