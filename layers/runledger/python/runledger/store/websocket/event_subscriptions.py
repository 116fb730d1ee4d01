"""Clients that listen, in the table."""

from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

from runledger.domain.websocket.event_subscriptions import EventSubscriber, LogSubscriber
from runledger.store import items
from runledger.store.dynamodb.expressions import in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema import listener_keys
from runledger.store.websocket.connections import LONGEST

L = TypeVar("L", EventSubscriber, LogSubscriber)


@dataclass(frozen=True)
class SubscriberStore(Generic[L]):
    """What is asked of the table about listeners of one kind."""

    table: Table
    kind: type[L]

    def add(self, subscriber: L, now: datetime) -> None:
        """Remember a listener until it goes, or forget it after a day."""
        item = listener_keys.subscriber(self.kind, subscriber.connection_id)._asdict() | {
            "body": subscriber.model_dump_json(),
            "expires_at": int((now + LONGEST).timestamp()),
        }
        self.table.write(Put(item))

    def is_known(self, connection_id: str) -> bool:
        """Tell whether a connection listens already."""
        return self.table.read(listener_keys.subscriber(self.kind, connection_id)) is not None

    def all(self) -> list[L]:
        """Return every listener, as last acknowledged."""
        partition, range_ = listener_keys.all_of(self.kind)
        found = self.table.query(Query(in_partition(partition, range_)))
        return [items.read_document(self.kind, item) for item in found]

    def remove(self, connection_id: str) -> None:
        """Forget a listener."""
        self.table.write(Delete(listener_keys.subscriber(self.kind, connection_id)))
