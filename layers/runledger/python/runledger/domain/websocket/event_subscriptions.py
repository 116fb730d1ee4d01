"""Subscriptions to events or to log lines (docs/contract/clients.md 3.2)."""

from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from runledger.domain.events.events import ReceivedEvent
from runledger.domain.filters.events import EventFilter
from runledger.domain.filters.logs import LogFilter
from runledger.domain.logs import Log
from runledger.domain.values import Value
from runledger.domain.websocket.protocol import DROPPED, PROTOCOL_ERROR, CloseConnection, Message

# The range of past events that a new subscriber gets.
MAX_BACKFILL = timedelta(minutes=15)

# API Gateway's limit of a message.
MAX_BYTES = 128 * 1024

# Characters of a log message that always fit, at six bytes each or fewer.
MAX_CHARACTERS = 20_000


F = TypeVar("F", EventFilter, LogFilter)


class EventSubscriber(Value):
    """A connection, and the filter of its events."""

    connection_id: str
    wanted: EventFilter


class LogSubscriber(Value):
    """A connection, and the filter of its log lines."""

    connection_id: str
    wanted: LogFilter


class SubscriptionRequest(NamedTuple):
    """A filter of events, and the start of the past ones to send, if any."""

    wanted: EventFilter
    since: datetime | None


def subscription_request(message: Message, now: datetime) -> SubscriptionRequest:
    """Parse a subscription to events.

    Raises:
        CloseConnection: the message is something else.
    """
    wanted = _filter(message, EventFilter, now)
    since = max(wanted.occurred.since, now - MAX_BACKFILL)
    return SubscriptionRequest(wanted, since if message.get("backfill", True) else None)


def log_filter(message: Message, now: datetime) -> LogFilter:
    """Parse a subscription to log lines; past lines are not sent.

    Raises:
        CloseConnection: the message is something else.
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
    """Return the message of an event; None if the event fits in no message.

    A large event is sent with only the new state in its payload.
    """
    payload = {name: value for name, value in event.payload.items() if name == "validated_state"}
    return _message("event", event, event.replace(payload=payload))


def log_message(log: Log) -> str | None:
    """Return the message of a log line; of a large one only the beginning."""
    return _message("log", log, log.replace(message=log.message[:MAX_CHARACTERS]))


def _message(kind: str, *versions: Value) -> str | None:
    """Return the message of the first version that fits."""
    messages = (f'{{"type":"{kind}","{kind}":{value.model_dump_json()}}}' for value in versions)
    return next((text for text in messages if len(text.encode()) <= MAX_BYTES), None)
