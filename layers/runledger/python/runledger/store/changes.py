"""Changes of items, as the table's stream tells them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from runledger.store import expressions, keys
from runledger.store.keys import Key
from runledger.store.writes import Item


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
    told = record["dynamodb"]
    return Change(
        sequence_number=told["SequenceNumber"],
        key=keys.of(expressions.plain(told["Keys"])),
        old=_image(told.get("OldImage")),
        new=_image(told.get("NewImage")),
    )


def _image(told: Mapping[str, Any] | None) -> Item | None:
    return expressions.plain(told) if told else None
