"""Clients that listen to events, in the table."""

from dataclasses import dataclass
from datetime import datetime

from runledger.domain.listeners import Listener
from runledger.store import event_keys, items
from runledger.store.connections import LONGEST
from runledger.store.expressions import in_partition
from runledger.store.table import Query, Table
from runledger.store.writes import Delete, Put


@dataclass(frozen=True)
class ListenerStore:
    """What is asked of the table about listeners."""

    table: Table

    def add(self, listener: Listener, now: datetime) -> None:
        """Remember a listener until it goes, or forget it after a day."""
        item = event_keys.listener(listener.connection_id)._asdict() | {
            "body": listener.model_dump_json(),
            "expires_at": int((now + LONGEST).timestamp()),
        }
        self.table.write(Put(item))

    def is_known(self, connection_id: str) -> bool:
        """Tell whether a connection listens already."""
        return self.table.read(event_keys.listener(connection_id)) is not None

    def all(self) -> list[Listener]:
        """Return every listener, as last acknowledged."""
        found = self.table.query(Query(in_partition(event_keys.LISTENERS)))
        return [items.read_document(Listener, item) for item in found]

    def remove(self, connection_id: str) -> None:
        """Forget a listener."""
        self.table.write(Delete(event_keys.listener(connection_id)))
