"""Which events somebody asks for (docs/contract/clients.md 3.2); what is empty asks nothing.

Two class names are part of the contract: pydantic puts them into the `loc` of an error.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from runledger.domain.events.events import RESOURCE_ID, ROLE, Event
from runledger.domain.filters import text_search
from runledger.domain.values import UtcTime, Value

Texts = list[str] | None
Patterns = dict[str, str | list[str]] | None
Labels = Mapping[str, str]

# How far back a search reaches that does not say.
FAR = timedelta(days=180)
MAX_QUERY = 200


class Criterion(Value):
    """One of the things that are asked of an event: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Occurred(Criterion):
    """When an event occurred, both ends included; by default in the last half year."""

    since: UtcTime
    until: UtcTime

    @model_validator(mode="before")
    @classmethod
    def default(cls, given: object, info: ValidationInfo) -> object:
        """Reckon what is not given from the instant that the validation context gives."""
        if not isinstance(given, dict) or not info.context:
            return given
        now: datetime = info.context["now"]
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return {"since": midnight - FAR, "until": now, **given}

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return self.since <= event.occurred <= self.until


class Named(Criterion):
    """The name of an event."""

    prefix: Texts = None
    exclude_prefix: Texts = None
    name: Texts = None
    exclude_name: Texts = None

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        named = event.event
        return (
            (not self.prefix or named.startswith(tuple(self.prefix)))
            and not named.startswith(tuple(self.exclude_prefix or ()))
            and (not self.name or named in self.name)
            and named not in (self.exclude_name or ())
        )


class OfResource(Criterion):
    """A resource, by its id or its labels, of which each is one of some patterns."""

    id: Texts = None
    id_prefix: Texts = None
    labels: Patterns = None

    def suits(self, resource: Labels) -> bool:
        """Tell whether it is such a resource."""
        resource_id = resource[RESOURCE_ID]
        return (
            (not self.id or resource_id in self.id)
            and (not self.id_prefix or resource_id.startswith(tuple(self.id_prefix)))
            and all(_is_like(resource.get(n), some) for n, some in (self.labels or {}).items())
        )


class OfOwn(OfResource):
    """The resource that an event happened to."""

    distinct: bool = False

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return self.suits(event.resource)


class EventAnyResourceFilter(OfResource):
    """Any resource that an event concerns."""

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return any(map(self.suits, event.resources))


class EventRelatedFilter(Criterion):
    """A related resource, by its id, its role or its labels."""

    id: Texts = None
    role: Texts = None
    resources_in_roles: list[tuple[str, str]] | None = None
    labels: Patterns = None

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return self == EventRelatedFilter() or any(map(self._suits, event.related))

    def _suits(self, resource: Labels) -> bool:
        identity = resource[RESOURCE_ID], resource[ROLE]
        return (
            (not self.role or resource[ROLE] in self.role)
            and (not self.resources_in_roles or identity in self.resources_in_roles)
            and OfResource(id=self.id, labels=self.labels).suits(resource)
        )


class Identified(Criterion):
    """The id of an event."""

    id: list[UUID] | None = None

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        return not self.id or event.id in self.id


class Saying(Criterion):
    """Words in what an event says."""

    query: Annotated[str, Field(max_length=MAX_QUERY)]

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        labels = (text for resource in event.resources for text in resource.values())
        said = " ".join((event.event, *labels, str(event.payload))).lower()
        return all(test(said) for test in text_search.clauses(self.query))


class EventOrder(StrEnum):
    """The order in which events are listed."""

    ASC = "ASC"
    DESC = "DESC"


C = TypeVar("C", EventRelatedFilter, EventAnyResourceFilter)


class EventFilter(Criterion):
    """All that can be asked of events."""

    occurred: Occurred = Field(default_factory=dict, validate_default=True)
    event: Named | None = None
    resource: OfOwn | None = None
    related: EventRelatedFilter | list[EventRelatedFilter] | None = None
    any_resource: EventAnyResourceFilter | list[EventAnyResourceFilter] | None = None
    id: Identified = Identified()
    text: Saying | None = None
    order: EventOrder = EventOrder.DESC

    def matches(self, event: Event) -> bool:
        """Tell whether an event is wanted."""
        asked = (self.occurred, self.event, self.id, self.resource, self.text)
        related, any_resource = _each(self.related), _each(self.any_resource)
        return (
            all(one is None or one.matches(event) for one in asked)
            and all(one.matches(event) for one in related)
            and all(one.matches(event) for one in any_resource)
        )


def _each(given: C | list[C] | None) -> list[C]:
    return given if isinstance(given, list) else [given] if given else []


def _is_like(label: str | None, patterns: str | Iterable[str]) -> bool:
    wanted = [patterns] if isinstance(patterns, str) else patterns
    return label is not None and any(_fits(label, pattern) for pattern in wanted)


def _fits(label: str, pattern: str) -> bool:
    return fnmatchcase(label, pattern.removeprefix("!")) is not pattern.startswith("!")
