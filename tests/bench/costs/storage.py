"""Storage: the bytes of all items of a table and of all entries of its indexes."""

from collections.abc import Iterator, Mapping
from typing import Any

import boto3

from runledger import wiring
from tests.bench.costs import prices
from tests.support.databases import TEMPLATE


def stored_bytes() -> int:
    """Return what DynamoDB bills for the functions' table."""
    indexes = [index["IndexName"] for index in TEMPLATE.table["GlobalSecondaryIndexes"]]
    return sum(_size(item) for index in (None, *indexes) for item in _items(index))


def _items(index: str | None) -> Iterator[Mapping[str, Any]]:
    source: Any = {"IndexName": index} if index else {}
    scan = boto3.client("dynamodb").get_paginator("scan")
    for page in scan.paginate(TableName=wiring.store().table.name, **source):
        yield from page["Items"]


def _size(item: Mapping[str, Mapping[str, Any]]) -> int:
    values = [value for typed in item.values() for value in typed.values()]
    return prices.BYTES_OF_AN_ITEM + sum(map(len, item)) + sum(map(_length, values))


def _length(value: object) -> int:
    return len(value) if isinstance(value, bytes) else len(str(value))
