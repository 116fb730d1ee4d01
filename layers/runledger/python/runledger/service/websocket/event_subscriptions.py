"""Telling clients of events: what they missed when they begin to listen, then what comes.

A client is listed before what it missed is read, and an event is stored before the clients that
are to be told of it are read: so none falls between.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from runledger.domain.errors import Gone, Unavailable
from runledger.domain.events.events import ReceivedEvent
from runledger.domain.websocket import event_subscriptions, protocol
from runledger.domain.websocket.event_subscriptions import Listener
from runledger.domain.websocket.protocol import INTERNAL_ERROR
from runledger.service.context import Means
from runledger.store.dynamodb.stream_records import Change
from runledger.store.websocket.event_subscriptions import L, ListenerStore

# Clients that are told at once.
AT_ONCE = 16


def hear(means: Means, connection_id: str, text: str) -> None:
    """Let a client listen; once it does, what else it says means nothing.

    Raises:
        Closed: it asks for nothing that can be understood.
    """
    if means.store.listeners.is_known(connection_id):
        return
    wish = event_subscriptions.wish(protocol.read(text), means.now)
    listener = Listener(connection_id=connection_id, wanted=wish.wanted)
    means.store.listeners.add(listener, means.now)
    if wish.since:
        until = min(wish.wanted.occurred.until, means.now + event_subscriptions.MEMORY)
        missed = means.store.events.between(wish.since, until)
        _tell(means, listener, missed)


def tell(means: Means, added: Sequence[Change]) -> None:
    """Tell all who listen of events that were stored."""
    listening = means.store.listeners.all()
    if not listening:
        return
    told = means.store.events.stored([change.new for change in added if change.new])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _tell(means, one, told), listening))


def _tell(means: Means, listener: Listener, told: Iterable[ReceivedEvent]) -> None:
    """Tell a client of the events that it asks for."""
    messages = (event_subscriptions.told(event) for event in told if listener.wanted.matches(event))
    pass_on(means, means.store.listeners, listener.connection_id, messages)


def pass_on(
    means: Means, listed: ListenerStore[L], connection_id: str, messages: Iterable[str | None]
) -> None:
    """Send a client messages, but for those that nothing can carry; forget one that is gone.

    One that is slow to take them is cut off: it comes back.
    """
    try:
        for message in filter(None, messages):
            means.sockets.send(connection_id, message)
    except Gone:
        listed.remove(connection_id)
    except Unavailable:
        listed.remove(connection_id)
        means.sockets.close(connection_id, INTERNAL_ERROR, "Too slow")
