"""Stored events, read without their model."""

from datetime import datetime
from typing import Any
from uuid import UUID

from runledger.domain.documents import Document, Unsure, View
from runledger.domain.events.events import ReceivedEvent


class StoredEvent(View[ReceivedEvent], model=ReceivedEvent):
    """The fields of a stored event that filters and counts use."""

    occurred: datetime
    event: str
    resource: dict[str, str]
    related: list[dict[str, str]]
    payload: dict[str, Any]
    id: UUID

    def as_answered(self) -> Document[ReceivedEvent]:
        """Return the event's document."""
        try:
            return self.document()
        except Unsure:
            return Document.of(self.value())
