"""Clients that listen to events, or to lines of logs, as they come (contract, clients 3.2)."""

from datetime import datetime, timedelta
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from runledger.domain.events.events import ReceivedEvent
from runledger.domain.filters.events import EventFilter
from runledger.domain.filters.logs import LogFilter
from runledger.domain.logs import Log
from runledger.domain.values import Value
from runledger.domain.websocket.protocol import DROPPED, PROTOCOL_ERROR, Closed, Message

# How far back a listener is told what it missed.
MEMORY = timedelta(minutes=15)

# What API Gateway carries.
MOST_BYTES = 128 * 1024

# Characters of a line's message, of six bytes each at most, that fit in any case.
MOST_CHARACTERS = 20_000


F = TypeVar("F", EventFilter, LogFilter)


class Listener(Value):
    """A connection, and the events that it asks for."""

    connection_id: str
    wanted: EventFilter


class LogListener(Value):
    """A connection, and the lines of logs that it asks for."""

    connection_id: str
    wanted: LogFilter


class Wish(NamedTuple):
    """What a client asks for: events that it has yet to be told from when on, if any."""

    wanted: EventFilter
    since: datetime | None


def wish(message: Message, now: datetime) -> Wish:
    """Read which events a client asks for.

    Raises:
        Closed: it says something else.
    """
    wanted = _filter(message, EventFilter, now)
    since = max(wanted.occurred.since, now - MEMORY)
    return Wish(wanted, since if message.get("backfill", True) else None)


def wanted_lines(message: Message, now: datetime) -> LogFilter:
    """Read which lines of logs a client asks for: of those that come, there is no past.

    Raises:
        Closed: it says something else.
    """
    return _filter(message, LogFilter, now)


def _filter(message: Message, kind: type[F], now: datetime) -> F:
    if "type" not in message:
        raise Closed(DROPPED)
    if message["type"] != "filter":
        raise Closed(PROTOCOL_ERROR, "Expected 'filter' message")
    if "filter" not in message:
        raise Closed(PROTOCOL_ERROR, "Invalid filter: 'filter'")
    try:
        return kind.model_validate(message["filter"], context={"now": now})
    except ValidationError:
        raise Closed(PROTOCOL_ERROR, "Invalid filter") from None


def told(event: ReceivedEvent) -> str | None:
    """Return the message that tells of an event; None for one that no message has room for.

    An event that is too large is told without what it says of its run but the new state.
    """
    payload = {name: said for name, said in event.payload.items() if name == "validated_state"}
    return _message("event", event, event.but(payload=payload))


def told_line(log: Log) -> str | None:
    """Return the message that tells of a line; one that is too large is told by its beginning."""
    return _message("log", log, log.but(message=log.message[:MOST_CHARACTERS]))


def _message(kind: str, *shown: Value) -> str | None:
    """Return the first that there is room for."""
    messages = (f'{{"type":"{kind}","{kind}":{one.model_dump_json()}}}' for one in shown)
    return next((text for text in messages if len(text.encode()) <= MOST_BYTES), None)
