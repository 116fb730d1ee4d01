"""Accepts WebSocket connections, passes their messages to handlers, and removes them."""

from collections.abc import Callable, Mapping
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
from runledger.parallel import attempt_all
from runledger.service import events
from runledger.service.context import ServiceContext
from runledger.service.websocket import disconnects, event_subscriptions
from runledger.service.websocket.task_run_dispatcher import TaskRunDispatcher
from runledger.store.store import Store
from runledger.store.websocket.connections import Connection, ConnectionStore
from runledger.store.websocket.event_subscriptions import SubscriberStore

# Returns whether a client with this credential is admitted.
Admits = Callable[[str | None], bool]

# Handles one message of an admitted client.
MessageHandler = Callable[[ServiceContext, Connection, str], None]


def hand_out_task_runs(context: ServiceContext, connection: Connection, text: str) -> None:
    """Handle a message of a task worker."""
    TaskRunDispatcher(context).receive(connection, text)


def receive_event(context: ServiceContext, _: Connection, text: str) -> None:
    """Receive an event."""
    events.receive_message(context, text)


def send_events(context: ServiceContext, connection: Connection, text: str) -> None:
    """Handle a message of an event subscriber."""
    event_subscriptions.subscribe_to_events(context, connection.id, text)


def send_logs(context: ServiceContext, connection: Connection, text: str) -> None:
    """Handle a message of a log subscriber."""
    event_subscriptions.subscribe_to_logs(context, connection.id, text)


MESSAGE_HANDLERS: Mapping[str, MessageHandler] = {
    "/task_runs/subscriptions/scheduled": hand_out_task_runs,
    "/events/in": receive_event,
    "/events/out": send_events,
    "/logs/out": send_logs,
}

# Messages on these paths take effect even if their connection ends before they are read.
FINISH_AFTER_CLOSE = {"/events/in"}

# Silent clients that one sweep disconnects: more would outlast the function's 29 s.
MAX_DISCONNECTED = 5_000


class Handshake(NamedTuple):
    """The path and the subprotocols that a client asks for."""

    path: str
    subprotocols: tuple[str, ...]


def connect(
    store: Store, connection_id: str, handshake: Handshake, admits: Admits, *, now: datetime
) -> bool:
    """Store a connection, if its path is known; return whether the handshake is accepted.

    A client that does not offer the subprotocol sends no credentials; it is admitted only where
    none are needed (docs/contract/task-runs.md 6.1). Otherwise the client has some seconds to send
    them.
    """
    sends_credentials, is_open = SUBPROTOCOL in handshake.subprotocols, admits(None)
    if handshake.path not in MESSAGE_HANDLERS or not (sends_credentials or is_open):
        return False
    connection = Connection(
        id=connection_id,
        path=handshake.path,
        admitted=not sends_credentials,
        finish_after_close=handshake.path in FINISH_AFTER_CLOSE,
        deadline=None if is_open else now + TIME_TO_AUTHENTICATE,
    )
    ConnectionStore.of(store).open(connection, now)
    return True


@dataclass(frozen=True)
class WebSocketDispatcher:
    """Passes each message to the handler of its connection's path."""

    context: ServiceContext
    admits: Admits

    def dispatch(self, connection_id: str, text: str) -> None:
        """Handle a message; close the connection where the protocol requires it.

        An unexpected error closes the connection, too: the client connects again and repeats its
        unacknowledged messages.
        """
        try:
            self._dispatch(connection_id, text)
        except CloseConnection as close:
            self.context.connections.close(connection_id, close.code, close.reason)
        except ConnectionClosed:
            return  # The disconnect event does the rest.
        except BaseException:
            self.context.connections.close(connection_id, INTERNAL_ERROR, "Internal error")
            raise

    def _dispatch(self, connection_id: str, text: str) -> None:
        connection = ConnectionStore.of(self.context.store).read(connection_id)
        if connection is None:
            raise _unknown()
        if not connection.admitted:
            self._admit(connection, text)
            return
        MESSAGE_HANDLERS[connection.path](self.context, connection, text)

    def _admit(self, connection: Connection, text: str) -> None:
        protocol.authenticate(text, self.admits)
        if not ConnectionStore.of(self.context.store).admit(connection, self.context.now):
            raise _unknown()
        self.context.connections.send(connection.id, protocol.AUTH_SUCCESS)


def disconnect(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Remove a connection that ended, with its task worker and its subscriptions."""
    disconnects.record_disconnect(store, connection_id, gone)
    SubscriberStore.of(store, EventSubscriber).remove(connection_id)
    SubscriberStore.of(store, LogSubscriber).remove(connection_id)
    ConnectionStore.of(store).forget(connection_id)


def disconnect_silent(context: ServiceContext) -> None:
    """Close and remove the connections whose clients did not send credentials in time.

    API Gateway may send no disconnect event for them. A client that is still there connects again.

    Raises:
        Unavailable: API Gateway or the table did not answer for some; the next sweep tries again.
    """
    overdue = islice(ConnectionStore.of(context.store).overdue(context.now), MAX_DISCONNECTED)
    attempt_all(partial(_disconnect_silent, context), overdue)


def _disconnect_silent(context: ServiceContext, connection_id: str) -> None:
    connection = ConnectionStore.of(context.store).read(connection_id)
    if connection and not connection.admitted:
        context.connections.close(connection_id, INTERNAL_ERROR, SILENT)
        ConnectionStore.of(context.store).forget(connection_id)


def _unknown() -> CloseConnection:
    return CloseConnection(INTERNAL_ERROR, "Unknown connection")
