"""WebSocket connections in the table: functions keep no state of their own."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime, timedelta
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.access import Caller
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
    """A connection: its path, whether its client is admitted, and who that is.

    The last messages of an admitted client may arrive after its connection ended; they are handled
    if `finish_after_close` is set. A client has until `deadline` to send its credentials.
    """

    id: str
    path: str
    admitted: bool
    finish_after_close: bool = False
    deadline: datetime | None = None
    caller: str = ""
    key_id: UUID | None = None


class ConnectionStore(NamedTuple):
    """WebSocket connections in the table, with a cache of those that never change."""

    table: Table
    known: FifoCache[Connection]

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.known_connections)

    def open(self, connection: Connection, now: datetime) -> None:
        """Store a connection; it expires after a day."""
        self.table.write(Put(_item(connection, now)))

    def admit(self, connection: Connection, caller: Caller, now: datetime) -> bool:
        """Admit the client; return False if its connection was closed meanwhile."""
        admitted = connection.replace(
            admitted=True, deadline=None, caller=caller.name, key_id=caller.key_id
        )
        try:
            self.table.write(Put(_item(admitted, now), PRESENT))
        except ConditionFailed:
            return False
        return True

    def overdue(self, now: datetime) -> Iterator[str]:
        """Yield the ids of the connections whose deadline is over, from an index."""
        owner, until = keys.UNAUTHENTICATED, keys.due_until(now)
        found = self.table.query(
            Query(in_index(indexes.BY_OWNER, owner, until), indexes.BY_OWNER.name)
        )
        return (keys.connection_of(keys.of(entry)) for entry in found)

    def of_api_key(self, key_id: UUID) -> Iterator[str]:
        """Yield the ids of the connections whose clients have shown a key, from an index."""
        owner = keys.connections_of_api_key(key_id)
        found = self.table.query(
            Query(in_index(indexes.BY_OWNER, owner, None), indexes.BY_OWNER.name)
        )
        return (keys.connection_of(keys.of(entry)) for entry in found)

    def read(self, connection_id: str) -> Connection | None:
        """Return the connection; None if it was closed, unless `finish_after_close` is set."""
        known = self.known.get(connection_id)
        if known:
            return known
        item = self.table.read(keys.connection(connection_id))
        found = items.read_document(Connection, item) if item else None
        # Such a connection never changes, not even when it ends, and its id is not used again.
        if found and found.admitted and found.finish_after_close:
            self.known.put(connection_id, found)
        return found

    def forget(self, connection_id: str) -> None:
        """Remove a connection that was closed; one with `finish_after_close` expires instead."""
        with suppress(ConditionFailed):
            self.table.write(Delete(keys.connection(connection_id), lacks("finish_after_close")))

    def remove(self, connection_id: str) -> None:
        """Remove a connection; messages that arrive after its end are not handled."""
        self.table.write(Delete(keys.connection(connection_id)))


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
    if connection.key_id:
        item |= {"owner": keys.connections_of_api_key(connection.key_id), "id": connection.id}
    return item | (
        {"finish_after_close": True}
        if connection.finish_after_close and connection.admitted
        else {}
    )
