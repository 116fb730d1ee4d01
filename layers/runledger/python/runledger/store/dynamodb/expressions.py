"""Conditions and key conditions, built as values and spelled for the client."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from runledger.store.dynamodb import attribute_values
from runledger.store.dynamodb.conditions import Attr, Condition, Placeholders
from runledger.store.dynamodb.item_schema import checked
from runledger.store.dynamodb.packing import unpacked, with_packed

if TYPE_CHECKING:
    from runledger.store.schema.indexes import Index


ABSENT: Condition = Attr("pk").not_exists()
PRESENT: Condition = Attr("pk").exists()


def has_version(version: int) -> Condition:
    """The item has not changed since it was read."""
    return Attr("version").eq(version)


def lacks(attribute: str) -> Condition:
    """There is no item, or one without the attribute."""
    return Attr(attribute).not_exists()


def in_partition(pk: str, between: tuple[str, str] | None = None) -> Condition:
    """Items of one partition, all of them or those with a sort key in a range."""
    return _key_condition("pk", pk, "sk", between)


def in_index(index: Index, value: str, between: tuple[str, str] | None) -> Condition:
    """Entries of one index partition, all of them or those in a range."""
    return _key_condition(index.hash, value, index.range, between)


def _key_condition(
    hash_name: str, value: str, range_name: str, between: tuple[str, str] | None
) -> Condition:
    whole = Attr(hash_name).eq(value)
    return whole & Attr(range_name).between(*between) if between else whole


def expect(condition: Condition) -> dict[str, Any]:
    """Spell a write's condition, without empty parts: DynamoDB rejects them."""
    return _spell(condition, "ConditionExpression")


def select(condition: Condition, attributes: Sequence[str] = ()) -> dict[str, Any]:
    """Spell a query's key condition and its attributes: all of them if none is named."""
    spelled = _spell(condition, "KeyConditionExpression")
    projection = project(attributes)
    names = spelled["ExpressionAttributeNames"] | projection.get("ExpressionAttributeNames", {})
    return spelled | projection | {"ExpressionAttributeNames": names}


def project(attributes: Sequence[str]) -> dict[str, Any]:
    """Spell the attributes to read: all of them if none is named."""
    names = {f"#{number}": name for number, name in enumerate(with_packed(attributes))}
    if not names:
        return {}
    return {"ProjectionExpression": ", ".join(names), "ExpressionAttributeNames": names}


def _spell(condition: Condition, parameter: str) -> dict[str, Any]:
    placeholders = Placeholders()
    parts = {
        parameter: condition.expression(placeholders),
        "ExpressionAttributeNames": placeholders.names,
        "ExpressionAttributeValues": typed(placeholders.values),
    }
    return {name: part for name, part in parts.items() if part}


def typed(item: Mapping[str, Any]) -> dict[str, Any]:
    """Add DynamoDB's type tags to plain values."""
    return {name: attribute_values.typed(value) for name, value in item.items()}


def plain(item: Mapping[str, Any]) -> dict[str, Any]:
    """Remove DynamoDB's type tags, and unpack texts; numbers become `Decimal`.

    Raises:
        Unavailable: a later version has written the item.
    """
    # Most attributes are texts.
    untagged = {
        name: value["S"] if "S" in value else attribute_values.plain(value)
        for name, value in item.items()
    }
    return unpacked(checked(untagged))
