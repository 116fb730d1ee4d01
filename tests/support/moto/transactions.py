"""Transactions of moto that do not copy the whole table.

For each item of a transaction, moto copies the table with all its items and all records of its
stream, to put it back if the transaction fails: most of the time of tests that use it. Here the
copy shares the items, and an update changes a copy of its item, not the item itself.
"""

from collections import defaultdict
from copy import copy, deepcopy
from typing import Any

import pytest
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table

update_item = DynamoDBBackend.update_item


def share_items(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(Table, "__deepcopy__", _copied, raising=False)
    patch.setattr(DynamoDBBackend, "update_item", _updated)


def _copied(table: Any, _: object) -> Any:  # noqa: ANN401 moto's
    _forget_empty_partitions(table)
    twin = copy(table)
    twin.items = defaultdict(dict, {key: copy(some) for key, some in table.items.items()})
    if table.stream_shard:
        twin.stream_shard = copy(table.stream_shard)
        twin.stream_shard.items = copy(table.stream_shard.items)
        twin.stream_shard.table = twin
    return twin


def _forget_empty_partitions(table: Any) -> None:  # noqa: ANN401 moto's
    """Forget those that have no item any more, or were read and had none: moto keeps them."""
    for key in [key for key, some in table.items.items() if not some]:
        del table.items[key]


def _updated(
    backend: Any,  # noqa: ANN401 moto's
    table_name: str,
    key: dict[str, Any],
    *rest: Any,
    **named: Any,
) -> object:
    table = backend.get_table(table_name)
    partition, sort_key = backend.get_keys_value(table, key)
    if item := table.get_item(partition, sort_key):
        table.items[partition][sort_key] = deepcopy(item)
    return update_item(backend, table_name, key, *rest, **named)
