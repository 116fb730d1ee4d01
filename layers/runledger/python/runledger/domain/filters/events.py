"""The filter of events (docs/contract/clients.md 3.2); empty criteria match every event.

Two class names are part of the contract: pydantic puts them into the `loc` of an error.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Annotated, TypeVar
from uuid import UUID

from pydantic import ConfigDict, Field, ValidationInfo, model_validator

from runledger.domain.events.events import RESOURCE_ID, ROLE, AnyEvent, resources_of
from runledger.domain.filters import text_search
from runledger.domain.values import UtcTime, Value

Texts = list[str] | None
Patterns = dict[str, str | list[str]] | None
Labels = Mapping[str, str]

# The range of a search without a beginning.
DEFAULT_RANGE = timedelta(days=180)
MAX_QUERY = 200


class EventCriterion(Value):
    """A criterion of events: unknown keys are refused."""

    model_config = ConfigDict(extra="forbid")


class Occurred(EventCriterion):
    """The range of time of an event, ends included; by default the last half year."""

    model_config = ConfigDict(json_schema_extra=lambda schema: schema.update(required=[]))

    since: UtcTime
    until: UtcTime

    @model_validator(mode="before")
    @classmethod
    def default(cls, given: object, info: ValidationInfo) -> object:
        """Set the missing ends, from the instant `now` of the validation context."""
        if not isinstance(given, dict) or not info.context:
            return given
        now: datetime = info.context["now"]
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        return {"since": midnight - DEFAULT_RANGE, "until": now, **given}

    def matches(self, event: AnyEvent) -> bool:
        return self.since <= event.occurred <= self.until


class Named(EventCriterion):
    """The name of an event."""

    prefix: Texts = None
    exclude_prefix: Texts = None
    name: Texts = None
    exclude_name: Texts = None

    def matches(self, event: AnyEvent) -> bool:
        named = event.event
        return (
            (not self.prefix or named.startswith(tuple(self.prefix)))
            and not named.startswith(tuple(self.exclude_prefix or ()))
            and (not self.name or named in self.name)
            and named not in (self.exclude_name or ())
        )


class OfResource(EventCriterion):
    """A criterion of a resource, by its id and by patterns of its labels."""

    id: Texts = None
    id_prefix: Texts = None
    labels: Patterns = None

    def matches_resource(self, resource: Labels) -> bool:
        """Return whether a resource matches."""
        resource_id = resource[RESOURCE_ID]
        return (
            (not self.id or resource_id in self.id)
            and (not self.id_prefix or resource_id.startswith(tuple(self.id_prefix)))
            and all(_is_like(resource.get(n), some) for n, some in (self.labels or {}).items())
        )


class OfOwn(OfResource):
    """The event's own resource."""

    distinct: bool = False

    def matches(self, event: AnyEvent) -> bool:
        return self.matches_resource(event.resource)


class EventAnyResourceFilter(OfResource):
    """Any resource of the event: its own or a related one."""

    def matches(self, event: AnyEvent) -> bool:
        return any(map(self.matches_resource, resources_of(event)))


class EventRelatedFilter(EventCriterion):
    """A related resource, by its id, role or labels."""

    id: Texts = None
    role: Texts = None
    resources_in_roles: list[tuple[str, str]] | None = None
    labels: Patterns = None

    def matches(self, event: AnyEvent) -> bool:
        return self == EventRelatedFilter() or any(map(self._matches_resource, event.related))

    def _matches_resource(self, resource: Labels) -> bool:
        identity = resource[RESOURCE_ID], resource[ROLE]
        return (
            (not self.role or resource[ROLE] in self.role)
            and (not self.resources_in_roles or identity in self.resources_in_roles)
            and OfResource(id=self.id, labels=self.labels).matches_resource(resource)
        )


class Identified(EventCriterion):
    """The id of an event."""

    id: list[UUID] | None = None

    def matches(self, event: AnyEvent) -> bool:
        return not self.id or event.id in self.id


class Saying(EventCriterion):
    """Words in the name, labels and payload of an event."""

    query: Annotated[str, Field(max_length=MAX_QUERY)]

    def matches(self, event: AnyEvent) -> bool:
        labels = (text for resource in resources_of(event) for text in resource.values())
        text = " ".join((event.event, *labels, str(event.payload))).lower()
        return all(test(text) for test in text_search.clauses(self.query))


class EventOrder(StrEnum):
    """The order in which events are listed."""

    ASC = "ASC"
    DESC = "DESC"


C = TypeVar("C", EventRelatedFilter, EventAnyResourceFilter)


class EventFilter(EventCriterion):
    """A filter of events; all criteria must match."""

    occurred: Occurred = Field(default_factory=dict, validate_default=True)
    event: Named | None = None
    resource: OfOwn | None = None
    related: EventRelatedFilter | list[EventRelatedFilter] | None = None
    any_resource: EventAnyResourceFilter | list[EventAnyResourceFilter] | None = None
    id: Identified = Identified()
    text: Saying | None = None
    order: EventOrder = EventOrder.DESC

    def matches(self, event: AnyEvent) -> bool:
        criteria = (self.occurred, self.event, self.id, self.resource, self.text)
        related, any_resource = _each(self.related), _each(self.any_resource)
        return (
            all(criterion is None or criterion.matches(event) for criterion in criteria)
            and all(criterion.matches(event) for criterion in related)
            and all(criterion.matches(event) for criterion in any_resource)
        )


def _each(given: C | list[C] | None) -> list[C]:
    return given if isinstance(given, list) else [given] if given else []


def _is_like(label: str | None, patterns: str | Iterable[str]) -> bool:
    wanted = [patterns] if isinstance(patterns, str) else patterns
    return label is not None and any(_fits(label, pattern) for pattern in wanted)


def _fits(label: str, pattern: str) -> bool:
    return fnmatchcase(label, pattern.removeprefix("!")) is not pattern.startswith("!")
