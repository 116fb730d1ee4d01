"""Request bodies and pages of events (docs/contract/neighbours.md 8)."""

import base64
from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar

from pydantic import Field, RootModel, ValidationError

from runledger.domain.errors import Forbidden
from runledger.domain.events.event_counts import Spans, TimeUnit
from runledger.domain.events.events import Event
from runledger.domain.filters.events import EventFilter
from runledger.domain.values import Value

T = TypeVar("T")

MAX_EVENTS = 50
MIN_INTERVAL = 0.01


class Events(RootModel[list[Event]]):
    """POST /events."""


class EventQuery(Value):
    """A filter of events and a page of the matches; the token in the page's link encodes it."""

    filter: EventFilter
    limit: int
    offset: int = 0

    def token(self) -> str:
        return base64.urlsafe_b64encode(self.model_dump_json().encode()).decode()

    @classmethod
    def by(cls, token: str) -> "EventQuery":
        """Decode the token of a link.

        Raises:
            Forbidden: it is not a token of ours.
        """
        try:
            return cls.model_validate_json(base64.urlsafe_b64decode(token.encode()))
        except (ValueError, ValidationError):
            raise Forbidden("Forbidden") from None


class ReadEvents(Value):
    """POST /events/filter: named parameters."""

    filter: EventFilter = Field(default_factory=dict, validate_default=True)
    limit: Annotated[int, Field(ge=0, le=MAX_EVENTS)] = MAX_EVENTS

    def first_page(self) -> EventQuery:
        return EventQuery(filter=self.filter, limit=self.limit)


class CountEvents(Value):
    """POST /events/count-by/{countable}: named parameters."""

    filter: EventFilter
    time_unit: TimeUnit = TimeUnit.DAY
    time_interval: Annotated[float, Field(ge=MIN_INTERVAL)] = 1.0

    def spans(self) -> Spans:
        """Return the spans of time in which events are counted."""
        occurred = self.filter.occurred
        return Spans(occurred.since, occurred.until, self.time_unit, self.time_interval)


@dataclass(frozen=True)
class EventPage(Generic[T]):
    """A page of events, with the URL of the next one."""

    events: list[T]
    total: int
    next_page: str | None

    @classmethod
    def of(cls, query: EventQuery, events: list[T], total: int, *, at: str) -> "EventPage[T]":
        """Return the page of a query; `at` is the URL of the next page without its token."""
        end = query.offset + query.limit
        token = query.replace(offset=end).token() if end < total else None
        link = f"{at}?page-token={token}" if token else None
        return cls(events, total, link)
