"""Telling clients of events: what they missed when they begin to listen, then what comes.

A client is listed before what it missed is read, and an event is stored before the clients that
are to be told of it are read: so none falls between.
"""

from collections.abc import Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor

from runledger.domain.errors import ConnectionClosed, Unavailable
from runledger.domain.events.events import ReceivedEvent
from runledger.domain.websocket import event_subscriptions, protocol
from runledger.domain.websocket.event_subscriptions import EventSubscriber
from runledger.domain.websocket.protocol import INTERNAL_ERROR
from runledger.service.context import ServiceContext
from runledger.store.dynamodb.stream_records import Change
from runledger.store.events.events import EventStore
from runledger.store.websocket.event_subscriptions import L, SubscriberStore

# Clients that are told at once.
AT_ONCE = 16


def hear(context: ServiceContext, connection_id: str, text: str) -> None:
    """Let a client listen; once it does, what else it says means nothing.

    Raises:
        CloseConnection: it asks for nothing that can be understood.
    """
    if SubscriberStore.of(context.store, EventSubscriber).is_known(connection_id):
        return
    subscription_request = event_subscriptions.subscription_request(
        protocol.read(text), context.now
    )
    subscriber = EventSubscriber(connection_id=connection_id, wanted=subscription_request.wanted)
    SubscriberStore.of(context.store, EventSubscriber).add(subscriber, context.now)
    if subscription_request.since:
        until = min(
            subscription_request.wanted.occurred.until, context.now + event_subscriptions.MEMORY
        )
        missed = EventStore.of(context.store).between(subscription_request.since, until)
        _tell(context, subscriber, missed)


def tell(context: ServiceContext, added: Sequence[Change]) -> None:
    """Tell all who listen of events that were stored."""
    listening = SubscriberStore.of(context.store, EventSubscriber).all()
    if not listening:
        return
    told = EventStore.of(context.store).stored([change.new for change in added if change.new])
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(lambda one: _tell(context, one, told), listening))


def _tell(
    context: ServiceContext, subscriber: EventSubscriber, told: Iterable[ReceivedEvent]
) -> None:
    """Tell a client of the events that it asks for."""
    messages = (
        event_subscriptions.event_message(event)
        for event in told
        if subscriber.wanted.matches(event)
    )
    pass_on(
        context,
        SubscriberStore.of(context.store, EventSubscriber),
        subscriber.connection_id,
        messages,
    )


def pass_on(
    context: ServiceContext,
    listed: SubscriberStore[L],
    connection_id: str,
    messages: Iterable[str | None],
) -> None:
    """Send a client messages, but for those that nothing can carry; forget one that is gone.

    One that is slow to take them is cut off: it comes back.
    """
    try:
        for message in filter(None, messages):
            context.connections.send(connection_id, message)
    except ConnectionClosed:
        listed.remove(connection_id)
    except Unavailable:
        listed.remove(connection_id)
        context.connections.close(connection_id, INTERNAL_ERROR, "Too slow")
