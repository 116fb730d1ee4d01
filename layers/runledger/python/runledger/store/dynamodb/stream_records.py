"""Changes of items, parsed from records of the table's stream."""

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

from runledger.store.dynamodb import expressions
from runledger.store.dynamodb.writes import Item
from runledger.store.schema import keys
from runledger.store.schema.keys import Key


class Change(NamedTuple):
    """An item before and after a change: `old` is None of a new item, `new` of a removed one.

    The changes of an item come in their order, each at least once; its number and its time, in
    seconds since 1970, are the same each time.
    """

    sequence_number: str
    key: Key
    old: Item | None
    new: Item | None
    time: int = 0


def read(record: Mapping[str, Any]) -> Change:
    """Parse a record of the stream."""
    change = record["dynamodb"]
    return Change(
        sequence_number=change["SequenceNumber"],
        key=keys.of(expressions.plain(change["Keys"])),
        old=_image(change.get("OldImage")),
        new=_image(change.get("NewImage")),
        time=int(change.get("ApproximateCreationDateTime", 0)),
    )


def _image(change: Mapping[str, Any] | None) -> Item | None:
    return (
        expressions.plain({name: _bytes(value) for name, value in change.items()})
        if change
        else None
    )


def _bytes(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Decode bytes: Lambda passes records as JSON, with bytes in base64."""
    return {"B": base64.b64decode(value["B"])} if "B" in value else value
