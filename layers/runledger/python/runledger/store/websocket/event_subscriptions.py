"""Subscribers to events and to logs, in the table."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, Self, TypeVar

from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.store import items
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from runledger.store.websocket.connections import MAX_AGE

L = TypeVar("L", EventSubscriber, LogSubscriber)

PARTITIONS: Mapping[type, str] = {
    EventSubscriber: keys.LISTENERS,
    LogSubscriber: keys.LOG_LISTENERS,
}


@dataclass(frozen=True)
class SubscriberStore(Generic[L]):
    """Subscribers to events, or subscribers to logs."""

    table: Table
    model: type[L]

    @classmethod
    def of(cls, store: Store, model: type[L]) -> Self:
        return cls(store.table, model)

    def add(self, subscriber: L, now: datetime) -> None:
        """Store a subscriber; it expires after a day."""
        item = self._key(subscriber.connection_id)._asdict() | {
            "body": subscriber.model_dump_json(),
            "expires_at": int((now + MAX_AGE).timestamp()),
        }
        self.table.write(Put(item))

    def is_known(self, connection_id: str) -> bool:
        """Return whether a connection is a subscriber already."""
        return self.table.read(self._key(connection_id)) is not None

    def all(self) -> list[L]:
        """Return every subscriber, as last acknowledged."""
        subscribers = in_partition(PARTITIONS[self.model], keys.under(keys.LISTENER))
        found = self.table.query(Query(subscribers))
        return [items.read_document(self.model, item) for item in found]

    def remove(self, connection_id: str) -> None:
        """Remove a subscriber."""
        self.table.write(Delete(self._key(connection_id)))

    def _key(self, connection_id: str) -> Key:
        return keys.subscriber(PARTITIONS[self.model], connection_id)
