"""The items of a table at a moment, which can be put back: cheaper than to make them again."""

from collections.abc import Iterator
from typing import Any

from runledger.store.dynamodb.table import chunks
from tests.support.databases import MAX_BATCH, DynamoDB, Item, scan

Items = dict[tuple[str, str], Item]


def items_of(database: DynamoDB) -> Items:
    """Return the items of a table, with typed attribute values, by their keys."""
    return {(item["pk"]["S"], item["sk"]["S"]): item for item in scan(database)}


def put_back(database: DynamoDB, items: Items) -> None:
    """Let a table hold these items and no others; those that it holds already stay untouched."""
    for requests in chunks(_differences(items_of(database), items), MAX_BATCH):
        database.client.call("BatchWriteItem", {"RequestItems": {database.table: requests}})


def _differences(now: Items, wanted: Items) -> Iterator[dict[str, Any]]:
    for pk, sk in now.keys() - wanted.keys():
        yield {"DeleteRequest": {"Key": {"pk": {"S": pk}, "sk": {"S": sk}}}}
    for key, item in wanted.items():
        if now.get(key) != item:
            yield {"PutRequest": {"Item": item}}
