from collections.abc import Mapping
from typing import Any

from runledger.store.dynamodb.writes import Put
from runledger.store.schema.keys import Key
from runledger.store.store import Store

KEYS = [Key("A", "1"), Key("B", "1")]


def _read(store: Store, *attributes: str) -> dict[Key, Mapping[str, Any]]:
    for key in KEYS:
        store.table.write(Put({**key._asdict(), "body": "{}", "name_key": "a"}))
    return store.table.read_many(KEYS, attributes)


def test_many_items_are_read_with_the_attributes_that_are_named_only(store: Store) -> None:
    found = _read(store, "pk", "sk", "body", "subflow_runs")
    assert found == {key: {**key._asdict(), "body": "{}"} for key in KEYS}


def test_many_items_are_read_whole_where_no_attribute_is_named(store: Store) -> None:
    assert _read(store)[KEYS[0]] == {**KEYS[0]._asdict(), "body": "{}", "name_key": "a"}
