"""Sends events and log lines to the clients that subscribe to them.

An event subscriber is stored before the events that it missed are read, and an event is stored
before the subscribers are read: no event falls between. Log subscribers get no earlier lines.
"""

from collections.abc import Iterable, Sequence
from functools import partial
from itertools import chain

from runledger.domain.errors import ConnectionClosed, Unavailable, Unfinished
from runledger.domain.events.events import ReceivedEvent
from runledger.domain.logs import Log
from runledger.domain.websocket import event_subscriptions, protocol
from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.domain.websocket.protocol import INTERNAL_ERROR
from runledger.parallel import map_all
from runledger.service.context import ServiceContext
from runledger.store import stream_changes
from runledger.store.dynamodb.stream_records import Change
from runledger.store.events.events import EventStore
from runledger.store.websocket.event_subscriptions import L, SubscriberStore

# Lines that one call of the function sends within its 29 s; a message takes milliseconds.
MAX_LINES = 2_000


def subscribe_to_events(context: ServiceContext, connection_id: str, text: str) -> None:
    """Store an event subscriber and send the events that it missed; ignore its later messages.

    Raises:
        CloseConnection: the message is no valid request.
    """
    subscribers = SubscriberStore.of(context.store, EventSubscriber)
    if subscribers.is_known(connection_id):
        return
    request = event_subscriptions.subscription_request(protocol.read(text), context.now)
    subscriber = EventSubscriber(connection_id=connection_id, wanted=request.wanted)
    subscribers.add(subscriber, context.now)
    if request.since:
        until = min(request.wanted.occurred.until, context.now + event_subscriptions.MAX_BACKFILL)
        missed = EventStore.of(context.store).between(request.since, until)
        _send_events(context, missed, subscriber)


def subscribe_to_logs(context: ServiceContext, connection_id: str, text: str) -> None:
    """Store a log subscriber; ignore its later messages.

    Raises:
        CloseConnection: the message is no valid request.
    """
    subscribers = SubscriberStore.of(context.store, LogSubscriber)
    if subscribers.is_known(connection_id):
        return
    wanted = event_subscriptions.log_filter(protocol.read(text), context.now)
    subscribers.add(LogSubscriber(connection_id=connection_id, wanted=wanted), context.now)


def publish_events(context: ServiceContext, added: Sequence[Change]) -> None:
    """Send new events to their subscribers."""
    subscribers = SubscriberStore.of(context.store, EventSubscriber).all()
    if not subscribers:
        return
    events = EventStore.of(context.store).stored(added)
    map_all(partial(_send_events, context, events), subscribers)


def publish_logs(context: ServiceContext, added: Sequence[Change]) -> None:
    """Send new log lines to their subscribers, except those of chunks in several pieces.

    A stream record holds a chunk of lines, and each line is a message.

    Raises:
        Unfinished: there are more lines than the time allows; the stream repeats the rest.
    """
    chunks, rest = _in_time(added)
    lines = sorted(chain.from_iterable(chunks), key=lambda line: (line.timestamp, line.id))
    subscribers = SubscriberStore.of(context.store, LogSubscriber).all()
    map_all(partial(_send_lines, context, lines), subscribers)
    if rest:
        raise Unfinished(rest.sequence_number)


def _in_time(added: Sequence[Change]) -> tuple[list[list[Log]], Change | None]:
    """Return the lines of the first chunks, at least one chunk, and the first change left out."""
    chunks: list[list[Log]] = []
    number = 0
    for change in added:
        lines = stream_changes.log_lines(change)
        if lines is None:
            continue
        number += len(lines)
        if chunks and number > MAX_LINES:
            return chunks, change
        chunks.append(lines)
    return chunks, None


def _send_events(
    context: ServiceContext, events: Iterable[ReceivedEvent], subscriber: EventSubscriber
) -> None:
    matching = filter(subscriber.wanted.matches, events)
    messages = map(event_subscriptions.event_message, matching)
    subscribers = SubscriberStore.of(context.store, EventSubscriber)
    _send(context, subscribers, subscriber.connection_id, messages)


def _send_lines(context: ServiceContext, lines: Sequence[Log], subscriber: LogSubscriber) -> None:
    matching = filter(subscriber.wanted.matches, lines)
    messages = map(event_subscriptions.log_message, matching)
    subscribers = SubscriberStore.of(context.store, LogSubscriber)
    _send(context, subscribers, subscriber.connection_id, messages)


def _send(
    context: ServiceContext,
    subscribers: SubscriberStore[L],
    connection_id: str,
    messages: Iterable[str | None],
) -> None:
    """Send messages, except those that are too large (None); remove a subscriber that is gone.

    A subscriber that is too slow is disconnected: its client connects again.
    """
    try:
        for message in filter(None, messages):
            context.connections.send(connection_id, message)
    except ConnectionClosed:
        subscribers.remove(connection_id)
    except Unavailable:
        subscribers.remove(connection_id)
        context.connections.close(connection_id, INTERNAL_ERROR, "Too slow")
