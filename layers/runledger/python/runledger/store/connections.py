"""WebSocket connections in the table: what functions, which have no memory, know of one."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from runledger.domain.values import Value
from runledger.store import items, worker_keys
from runledger.store.expressions import PRESENT
from runledger.store.failures import Refused
from runledger.store.table import Table
from runledger.store.writes import Delete, Item, Put

# API Gateway ends a connection after two hours, and may fail to say so.
LONGEST = timedelta(days=1)


class Connection(Value):
    """A connection: what it was opened for, and whether its client may speak."""

    id: str
    path: str
    admitted: bool


@dataclass(frozen=True)
class ConnectionStore:
    """What is asked of the table about connections."""

    table: Table

    def open(self, connection: Connection, now: datetime) -> None:
        """Remember a connection until it is closed, or forgotten after a day."""
        self.table.write(Put(_item(connection, now)))

    def admit(self, connection: Connection, now: datetime) -> None:
        """Let the client speak; nothing is written of a connection that was closed meanwhile."""
        try:
            self.table.write(Put(_item(connection.but(admitted=True), now), PRESENT))
        except Refused:
            return

    def read(self, connection_id: str) -> Connection | None:
        """Return the connection, unless it was closed."""
        item = self.table.read(worker_keys.connection(connection_id))
        return items.read_document(Connection, item) if item else None

    def forget(self, connection_id: str) -> None:
        """Remove what is known of a connection that was closed."""
        self.table.write(Delete(worker_keys.connection(connection_id)))


def _item(connection: Connection, now: datetime) -> Item:
    return worker_keys.connection(connection.id)._asdict() | {
        "body": connection.model_dump_json(),
        "expires_at": int((now + LONGEST).timestamp()),
    }
