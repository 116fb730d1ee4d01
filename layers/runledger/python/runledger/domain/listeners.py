"""Clients that listen to events as they come (contract, clients 3.2)."""

from datetime import datetime, timedelta
from typing import NamedTuple

from pydantic import ValidationError

from runledger.domain.conversations import PROTOCOL_ERROR, Closed, Message
from runledger.domain.events import ReceivedEvent
from runledger.domain.filters.events import EventFilter
from runledger.domain.values import Value

# How far back a listener is told what it missed.
MEMORY = timedelta(minutes=15)

# What API Gateway carries.
MOST_BYTES = 128 * 1024


class Listener(Value):
    """A connection, and the events that it asks for."""

    connection_id: str
    wanted: EventFilter


class Wish(NamedTuple):
    """What a client asks for: events that it has yet to be told from when on, if any."""

    wanted: EventFilter
    since: datetime | None


def wish(message: Message, now: datetime) -> Wish:
    """Read which events a client asks for.

    Raises:
        Closed: it says something else.
    """
    if message.get("type") != "filter":
        raise Closed(PROTOCOL_ERROR, "Expected 'filter' message")
    try:
        wanted = EventFilter.model_validate(message.get("filter"), context={"now": now})
    except ValidationError:
        raise Closed(PROTOCOL_ERROR, "Invalid filter") from None
    since = max(wanted.occurred.since, now - MEMORY)
    return Wish(wanted, since if message.get("backfill", True) else None)


def told(event: ReceivedEvent) -> str | None:
    """Return the message that tells of an event; None for one that no message has room for.

    An event that is too large is told without what it says of its run but the new state.
    """
    payload = {name: said for name, said in event.payload.items() if name == "validated_state"}
    for shown in (event, event.but(payload=payload)):
        message = f'{{"type":"event","event":{shown.model_dump_json()}}}'
        if len(message.encode()) <= MOST_BYTES:
            return message
    return None
