"""Accepts WebSocket connections, passes their messages to handlers, and removes them."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from itertools import islice
from typing import NamedTuple

from runledger.domain.access import Scope
from runledger.domain.errors import ConnectionClosed
from runledger.domain.websocket import protocol
from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.domain.websocket.protocol import (
    ENDED,
    INTERNAL_ERROR,
    POLICY_VIOLATION,
    SILENT,
    SUBPROTOCOL,
    TIME_TO_AUTHENTICATE,
    AuthenticateToken,
    CloseConnection,
)
from runledger.domain.websocket.task_workers import Disconnect
from runledger.parallel import attempt_all
from runledger.service import events
from runledger.service.context import ServiceContext
from runledger.service.websocket import disconnects, event_subscriptions
from runledger.service.websocket.task_run_dispatcher import TaskRunDispatcher
from runledger.store.api_keys import ApiKeyStore
from runledger.store.store import Store
from runledger.store.websocket.connections import MAX_AGE, Connection, ConnectionStore
from runledger.store.websocket.event_subscriptions import SubscriberStore

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


class WebSocketPath(NamedTuple):
    """A path: the handling of its messages, and the scope that a key needs for it."""

    handle: MessageHandler
    scope: Scope


PATHS: Mapping[str, WebSocketPath] = {
    "/task_runs/subscriptions/scheduled": WebSocketPath(hand_out_task_runs, Scope.WRITE),
    "/events/in": WebSocketPath(receive_event, Scope.WRITE),
    "/events/out": WebSocketPath(send_events, Scope.READ),
    "/logs/out": WebSocketPath(send_logs, Scope.READ),
}

# Messages on these paths take effect even if their connection ends before they are read.
FINISH_AFTER_CLOSE = {"/events/in"}

# Clients that one sweep disconnects, of each kind: more would outlast the function's 29 s.
MAX_DISCONNECTED = 5_000


class Handshake(NamedTuple):
    """The path and the subprotocols that a client asks for."""

    path: str
    subprotocols: tuple[str, ...]


def connect(
    store: Store, connection_id: str, handshake: Handshake, *, is_open: bool, now: datetime
) -> bool:
    """Store a connection, if its path is known; return whether the handshake is accepted.

    A client that does not offer the subprotocol sends no credentials; it is admitted only where
    none are needed, `is_open` (docs/contract/task-runs.md 6.1). Otherwise the client has some
    seconds to send them.
    """
    sends_credentials = SUBPROTOCOL in handshake.subprotocols
    if handshake.path not in PATHS or not (sends_credentials or is_open):
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


class WebSocketDispatcher(NamedTuple):
    """Passes each message to the handler of its connection's path."""

    context: ServiceContext
    authenticate_token: AuthenticateToken

    def dispatch(self, connection_id: str, text: str) -> str:
        """Handle a message; close the connection where the protocol requires it.

        Return the name of the connection's caller; "" if it is not known. An unexpected error
        closes the connection, too: the client connects again and repeats its unacknowledged
        messages.
        """
        try:
            return self._dispatch(connection_id, text)
        except CloseConnection as close:
            self.context.connections.close(connection_id, close.code, close.reason)
        except ConnectionClosed:
            pass  # The disconnect event does the rest.
        except BaseException:
            self.context.connections.close(connection_id, INTERNAL_ERROR, "Internal error")
            raise
        return ""

    def _dispatch(self, connection_id: str, text: str) -> str:
        connection = ConnectionStore.of(self.context.store).read(connection_id)
        if connection is None:
            raise _unknown()
        if not connection.admitted:
            return self._admit(connection, text)
        PATHS[connection.path].handle(self.context, connection, text)
        return connection.caller

    def _admit(self, connection: Connection, text: str) -> str:
        needed = PATHS[connection.path].scope
        caller = protocol.authenticate(text, needed, self.authenticate_token)
        if not ConnectionStore.of(self.context.store).admit(connection, caller, self.context.now):
            raise _unknown()
        self.context.connections.send(connection.id, protocol.AUTH_SUCCESS)
        return caller.name


def disconnect(store: Store, connection_id: str, gone: Disconnect) -> None:
    """Remove a connection that ended, with its task worker and its subscriptions."""
    disconnects.record_disconnect(store, connection_id, gone)
    SubscriberStore.of(store, EventSubscriber).remove(connection_id)
    SubscriberStore.of(store, LogSubscriber).remove(connection_id)
    ConnectionStore.of(store).forget(connection_id)


def disconnect_strangers(context: ServiceContext) -> None:
    """Disconnect clients without credentials, and those whose key has ended.

    Raises:
        Unavailable: some could not be disconnected; the next sweep tries again.
    """
    try:
        disconnect_silent(context)
    finally:
        disconnect_ended(context)


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


def disconnect_ended(context: ServiceContext) -> None:
    """Close and remove the connections whose clients have shown a key that has ended.

    A key that was revoked right before a call, or expires at its time, is among them. A connection
    lives for two hours at most, so keys that ended long ago have none.

    Raises:
        Unavailable: API Gateway or the table did not answer for some; the next sweep tries again.
    """
    connections = islice(_of_ended_keys(context), MAX_DISCONNECTED)
    attempt_all(partial(_disconnect_ended, context), connections)


def _of_ended_keys(context: ServiceContext) -> Iterator[str]:
    for key in ApiKeyStore.of(context.store).all():
        if key.ended and key.ended <= context.now < key.ended + MAX_AGE:
            yield from ConnectionStore.of(context.store).of_api_key(key.id)


def _disconnect_ended(context: ServiceContext, connection_id: str) -> None:
    context.connections.close(connection_id, POLICY_VIOLATION, ENDED)
    ConnectionStore.of(context.store).remove(connection_id)


def _unknown() -> CloseConnection:
    return CloseConnection(INTERNAL_ERROR, "Unknown connection")
