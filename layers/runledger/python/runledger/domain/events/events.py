"""Events of resources (docs/contract/clients.md 5.1)."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Annotated, Any, Protocol
from uuid import UUID

from pydantic import AfterValidator

from runledger.domain.values import UtcTime, Value

RESOURCE_ID, ROLE = "prefect.resource.id", "prefect.resource.role"

MAX_LABELS, MAX_RELATED, MAX_NAME = 500, 100, 1024


def _resource(labels: dict[str, str]) -> dict[str, str]:
    if len(labels) > MAX_LABELS:
        raise ValueError(f"The maximum number of labels per resource is {MAX_LABELS}")
    if RESOURCE_ID not in labels:
        raise ValueError(f"Resources must include the {RESOURCE_ID} label")
    return _labelled(labels, RESOURCE_ID)


def _related(labels: dict[str, str]) -> dict[str, str]:
    if ROLE not in _resource(labels):
        raise ValueError(f"Related Resources must include the {ROLE} label")
    return _labelled(labels, ROLE)


def _labelled(labels: dict[str, str], name: str) -> dict[str, str]:
    if not labels[name]:
        raise ValueError(f"The {name} label must be non-empty")
    return labels


def _few(related: list[dict[str, str]]) -> list[dict[str, str]]:
    if len(related) > MAX_RELATED:
        raise ValueError(f"The maximum number of related resources is {MAX_RELATED}")
    return related


def _short(name: str) -> str:
    if len(name) > MAX_NAME:
        raise ValueError(f"Event name must be at most {MAX_NAME} characters")
    return name


Resource = Annotated[dict[str, str], AfterValidator(_resource)]
RelatedResource = Annotated[dict[str, str], AfterValidator(_related)]


class Event(Value):
    """An event; its fields are in the order of the wire, unknown ones are dropped."""

    occurred: UtcTime
    event: Annotated[str, AfterValidator(_short)]
    resource: Resource
    related: Annotated[list[RelatedResource], AfterValidator(_few)] = []
    payload: dict[str, Any] = {}
    id: UUID
    follows: UUID | None = None

    def in_role(self, role: str) -> Mapping[str, str] | None:
        """Return the first related resource in a role."""
        return next((labels for labels in self.related if labels[ROLE] == role), None)

    def received_at(self, now: datetime) -> "ReceivedEvent":
        """Return the event as it is stored and published."""
        return ReceivedEvent.model_construct(**dict(self), received=now)


class ReceivedEvent(Event):
    """An event, and when the server received it."""

    received: datetime


class AnyEvent(Protocol):
    """The event for filters and counts, with its model or without (`stored_events`)."""

    @property
    def occurred(self) -> datetime: ...
    @property
    def event(self) -> str: ...
    @property
    def resource(self) -> Mapping[str, str]: ...
    @property
    def related(self) -> Sequence[Mapping[str, str]]: ...
    @property
    def payload(self) -> Mapping[str, Any]: ...
    @property
    def id(self) -> UUID: ...


def resources_of(event: AnyEvent) -> Iterator[Mapping[str, str]]:
    """Yield all resources of an event: its own, then the related ones."""
    yield event.resource
    yield from event.related
