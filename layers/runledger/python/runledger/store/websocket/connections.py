"""WebSocket connections in the table: what functions, which have no memory, know of one."""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Self

from runledger.domain.values import Value
from runledger.store import items
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import PRESENT, in_index, lacks
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Item, Put
from runledger.store.schema import indexes, keys
from runledger.store.store import FifoCache, Store

# API Gateway ends a connection after two hours, and may fail to say so.
MAX_AGE = timedelta(days=1)


class Connection(Value):
    """A connection: what it was opened for, and whether its client may speak.

    The last messages of an admitted client may arrive after its connection ended; they are dealt
    with if `finish_after_close` is set. A client has until `deadline` to send its credentials.
    """

    id: str
    path: str
    admitted: bool
    finish_after_close: bool = False
    deadline: datetime | None = None


@dataclass(frozen=True)
class ConnectionStore:
    """What is asked of the table about connections."""

    table: Table
    known: FifoCache[Connection]

    @classmethod
    def of(cls, store: Store) -> Self:
        """Return the store of this noun."""
        return cls(store.table, store.known_connections)

    def open(self, connection: Connection, now: datetime) -> None:
        """Remember a connection until it is closed, or forgotten after a day."""
        self.table.write(Put(_item(connection, now)))

    def admit(self, connection: Connection, now: datetime) -> bool:
        """Let the client speak; return False if its connection was closed meanwhile."""
        admitted = connection.replace(admitted=True, deadline=None)
        try:
            self.table.write(Put(_item(admitted, now), PRESENT))
        except ConditionFailed:
            return False
        return True

    def overdue(self, now: datetime) -> Iterator[str]:
        """Yield the ids of the connections whose deadline is over, as far as the index knows."""
        owner, until = keys.UNAUTHENTICATED, keys.due_until(now)
        found = self.table.query(
            Query(in_index(indexes.BY_OWNER, owner, until), indexes.BY_OWNER.name)
        )
        return (keys.connection_of(keys.of(entry)) for entry in found)

    def read(self, connection_id: str) -> Connection | None:
        """Return the connection, unless it was closed and not to be heard out."""
        known = self.known.get(connection_id)
        if known:
            return known
        item = self.table.read(keys.connection(connection_id))
        found = items.read_document(Connection, item) if item else None
        # The end of such a connection changes nothing, and its id is not given to another.
        if found and found.admitted and found.finish_after_close:
            self.known.keep(connection_id, found)
        return found

    def forget(self, connection_id: str) -> None:
        """Remove what is known of a connection that was closed.

        That of a client which is to be heard out expires.
        """
        with suppress(ConditionFailed):
            self.table.write(Delete(keys.connection(connection_id), lacks("finish_after_close")))


def _item(connection: Connection, now: datetime) -> Item:
    item = keys.connection(connection.id)._asdict() | {
        "body": connection.model_dump_json(exclude_defaults=True),
        "expires_at": int((now + MAX_AGE).timestamp()),
    }
    if connection.deadline:
        item |= {
            "owner": keys.UNAUTHENTICATED,
            "id": keys.due(connection.id, connection.deadline),
        }
    return item | (
        {"finish_after_close": True}
        if connection.finish_after_close and connection.admitted
        else {}
    )
