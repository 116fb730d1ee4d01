"""A table's items, to be put back: what many transitions begin from is made once."""

from typing import Any

from runledger.store.dynamodb.table import chunks
from tests.support.databases import MAX_BATCH, DynamoDB, Item, scan


class Snapshot:
    """The items of a table at some moment."""

    def __init__(self, database: DynamoDB) -> None:
        self._database = database
        self._items = _by_key(database)

    def restore(self) -> None:
        """Delete items that came since, and put back those that changed or went."""
        actual = _by_key(self._database)
        requests: list[dict[str, Any]] = [
            {"DeleteRequest": {"Key": {name: item[name] for name in ("pk", "sk")}}}
            for key, item in actual.items()
            if key not in self._items
        ]
        requests += [
            {"PutRequest": {"Item": item}}
            for key, item in self._items.items()
            if actual.get(key) != item
        ]
        client, table = self._database.client, self._database.table
        for batch in chunks(requests, MAX_BATCH):
            client.call("BatchWriteItem", {"RequestItems": {table: batch}})


def _by_key(database: DynamoDB) -> dict[tuple[str, str], Item]:
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in scan(database)}
