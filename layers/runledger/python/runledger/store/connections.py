"""WebSocket connections in the table: what functions, which have no memory, know of one."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from runledger.domain.values import Value
from runledger.store import items, worker_keys
from runledger.store.expressions import PRESENT, lacking
from runledger.store.failures import Refused
from runledger.store.memories import Memory
from runledger.store.table import Table
from runledger.store.writes import Delete, Item, Put

# API Gateway ends a connection after two hours, and may fail to say so.
LONGEST = timedelta(days=1)


class Connection(Value):
    """A connection: what it was opened for, and whether its client may speak.

    What a client says last may come after the end of its connection, and is still heard if it is to
    be `heard_out`.
    """

    id: str
    path: str
    admitted: bool
    heard_out: bool = False


@dataclass(frozen=True)
class ConnectionStore:
    """What is asked of the table about connections."""

    table: Table
    known: Memory[Connection]

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
        """Return the connection, unless it was closed and not to be heard out."""
        known = self.known.recall(connection_id)
        if known:
            return known
        item = self.table.read(worker_keys.connection(connection_id))
        found = items.read_document(Connection, item) if item else None
        # The end of such a connection changes nothing, and its id is not given to another.
        if found and found.admitted and found.heard_out:
            self.known.keep(connection_id, found)
        return found

    def forget(self, connection_id: str) -> None:
        """Remove what is known of a connection that was closed; what is to be heard out expires."""
        with suppress(Refused):
            self.table.write(Delete(worker_keys.connection(connection_id), lacking("heard_out")))


def _item(connection: Connection, now: datetime) -> Item:
    item = worker_keys.connection(connection.id)._asdict() | {
        "body": connection.model_dump_json(),
        "expires_at": int((now + LONGEST).timestamp()),
    }
    return item | ({"heard_out": True} if connection.heard_out else {})
