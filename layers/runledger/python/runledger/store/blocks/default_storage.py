"""The block that has results which name no other storage."""

from typing import NamedTuple, Self
from uuid import UUID

from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Delete, Put
from runledger.store.schema import keys
from runledger.store.store import Store

KEY = keys.setting("DEFAULT_RESULT_STORAGE")


class DefaultStorageStore(NamedTuple):
    """The setting in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def read(self) -> UUID | None:
        """Return the id of the block; it may have been deleted since."""
        item = self.table.read(KEY)
        return UUID(item["block_id"]) if item else None

    def write(self, document_id: UUID) -> None:
        """Set the block."""
        self.table.write(Put(KEY._asdict() | {"block_id": str(document_id)}))

    def clear(self) -> None:
        """Set none."""
        self.table.write(Delete(KEY))
