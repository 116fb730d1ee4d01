"""Bodies and pages of events (contract, neighbours 8)."""

import base64
from typing import Annotated

from pydantic import Field, RootModel, ValidationError

from runledger.domain.errors import Forbidden
from runledger.domain.events.event_counts import Spans, TimeUnit
from runledger.domain.events.events import Event, ReceivedEvent
from runledger.domain.filters.events import EventFilter
from runledger.domain.values import Value

MAX_EVENTS = 50
MIN_INTERVAL = 0.01


class Events(RootModel[list[Event]]):
    """POST /events."""


class EventQuery(Value):
    """A page of the events that are wanted, as the link to it carries it."""

    filter: EventFilter
    limit: int
    offset: int = 0

    def token(self) -> str:
        """Spell it for a link."""
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def by(cls, token: str) -> "EventQuery":
        """Read what a link carries.

        Raises:
            Forbidden: no link of ours does.
        """
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(token.encode()))
        except (ValueError, ValidationError):
            raise Forbidden("Forbidden") from None


class ReadEvents(Value):
    """POST /events/filter: named parameters."""

    filter: EventFilter = Field(default_factory=dict, validate_default=True)
    limit: Annotated[int, Field(ge=0, le=MAX_EVENTS)] = MAX_EVENTS

    def wanted(self) -> EventQuery:
        """Return the first page that is asked for."""
        return EventQuery(filter=self.filter, limit=self.limit)


class CountEvents(Value):
    """POST /events/count-by/{countable}: named parameters."""

    filter: EventFilter
    time_unit: TimeUnit = TimeUnit.DAY
    time_interval: Annotated[float, Field(ge=MIN_INTERVAL)] = 1.0

    def spans(self) -> Spans:
        """Return the spans of time that are asked for."""
        occurred = self.filter.occurred
        return Spans(occurred.since, occurred.until, self.time_unit, self.time_interval)


class EventPage(Value):
    """A page of events, and where the next one is."""

    events: list[ReceivedEvent]
    total: int
    next_page: str | None

    @classmethod
    def of(
        cls, wanted: EventQuery, events: list[ReceivedEvent], total: int, *, at: str
    ) -> "EventPage":
        """Return the page that was wanted; the links to others begin with `at`."""
        end = wanted.offset + wanted.limit
        token = wanted.replace(offset=end).token() if end < total else None
        link = f"{at}?page-token={token}" if token else None
        return cls.model_construct(events=events, total=total, next_page=link)
