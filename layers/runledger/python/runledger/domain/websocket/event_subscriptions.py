"""Clients that listen to events, or to lines of logs, as they come.

See docs/contract/clients.md 3.2.
"""

from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from runledger.domain.events.events import ReceivedEvent
from runledger.domain.filters.events import EventFilter
from runledger.domain.filters.logs import LogFilter
from runledger.domain.logs import Log
from runledger.domain.values import Value
from runledger.domain.websocket.protocol import DROPPED, PROTOCOL_ERROR, CloseConnection, Message

# How far back a listener is told what it missed.
MAX_BACKFILL = timedelta(minutes=15)

# What API Gateway carries.
MAX_BYTES = 128 * 1024

# Characters of a line's message, of six bytes each at most, that fit in any case.
MAX_CHARACTERS = 20_000


F = TypeVar("F", EventFilter, LogFilter)


class EventSubscriber(Value):
    """A connection, and the events that it asks for."""

    connection_id: str
    wanted: EventFilter


class LogSubscriber(Value):
    """A connection, and the lines of logs that it asks for."""

    connection_id: str
    wanted: LogFilter


class SubscriptionRequest(NamedTuple):
    """What a client asks for: events that it has yet to be told from when on, if any."""

    wanted: EventFilter
    since: datetime | None


def subscription_request(message: Message, now: datetime) -> SubscriptionRequest:
    """Read which events a client asks for.

    Raises:
        CloseConnection: it says something else.
    """
    wanted = _filter(message, EventFilter, now)
    since = max(wanted.occurred.since, now - MAX_BACKFILL)
    return SubscriptionRequest(wanted, since if message.get("backfill", True) else None)


def log_filter(message: Message, now: datetime) -> LogFilter:
    """Read which lines of logs a client asks for: of those that come, there is no past.

    Raises:
        CloseConnection: it says something else.
    """
    return _filter(message, LogFilter, now)


def _filter(message: Message, kind: type[F], now: datetime) -> F:
    if "type" not in message:
        raise CloseConnection(DROPPED)
    if message["type"] != "filter":
        raise CloseConnection(PROTOCOL_ERROR, "Expected 'filter' message")
    if "filter" not in message:
        raise CloseConnection(PROTOCOL_ERROR, "Invalid filter: 'filter'")
    try:
        return kind.model_validate(message["filter"], context={"now": now})
    except ValidationError:
        raise CloseConnection(PROTOCOL_ERROR, "Invalid filter") from None


def event_message(event: ReceivedEvent) -> str | None:
    """Return the message that tells of an event; None for one that no message has room for.

    An event that is too large is told without what it says of its run but the new state.
    """
    payload = {name: said for name, said in event.payload.items() if name == "validated_state"}
    return _message("event", event, event.replace(payload=payload))


def log_message(log: Log) -> str | None:
    """Return the message that tells of a line; one that is too large is told by its beginning."""
    return _message("log", log, log.replace(message=log.message[:MAX_CHARACTERS]))


def _message(kind: str, *shown: Value) -> str | None:
    """Return the first that there is room for."""
    messages = (f'{{"type":"{kind}","{kind}":{one.model_dump_json()}}}' for one in shown)
    return next((text for text in messages if len(text.encode()) <= MAX_BYTES), None)
