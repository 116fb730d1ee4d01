"""Changes of items, as the table's stream tells them."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runledger.store.dynamodb import expressions
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys
from runledger.store.schema.keys import Key


@dataclass(frozen=True)
class Change:
    """What an item was and what it is: there is no old one of a new item, no new one of a removed.

    Of one item changes come in their order, each at least once.
    """

    sequence_number: str
    key: Key
    old: Item | None
    new: Item | None


def read(record: Mapping[str, Any]) -> Change:
    """Read a record of the stream."""
    change = record["dynamodb"]
    return Change(
        sequence_number=change["SequenceNumber"],
        key=keys.of(expressions.plain(change["Keys"])),
        old=_image(change.get("OldImage")),
        new=_image(change.get("NewImage")),
    )


def _image(change: Mapping[str, Any] | None) -> Item | None:
    return (
        expressions.plain({name: _bytes(value) for name, value in change.items()})
        if change
        else None
    )


def _bytes(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Lambda hands records on as JSON, which has no bytes: they come in base64."""
    return {"B": base64.b64decode(value["B"])} if "B" in value else value
