"""Python's values as DynamoDB's, which have a tag for their type, and back."""

from collections.abc import Callable, Mapping
from decimal import Clamped, Context, Decimal, Inexact, Overflow, Rounded, Underflow
from typing import Any

# DynamoDB keeps 38 digits; to lose some is an error.
NUMBERS = Context(
    prec=38, Emin=-128, Emax=126, traps=[Clamped, Overflow, Inexact, Rounded, Underflow]
)


def typed(value: Any) -> dict[str, Any]:  # noqa: ANN401 any value that an item can have
    """Add the tag of its type to a value.

    Raises:
        TypeError: DynamoDB has no such values; floats among them, which are no decimals.
        decimal.DecimalException: a number has more digits than DynamoDB keeps.
    """
    for kinds, add_tag in TAGS:
        if isinstance(value, kinds):
            return add_tag(value)
    raise TypeError(f"DynamoDB has no type for {type(value)}")


def plain(value: Mapping[str, Any]) -> Any:  # noqa: ANN401 any value that an item can have
    """Remove the tag of its type from a value; numbers become `Decimal`."""
    ((tag, content),) = value.items()
    return PLAIN[tag](content)


def _number(value: Decimal | int) -> dict[str, Any]:
    number = NUMBERS.create_decimal(value)
    if not number.is_finite():
        raise TypeError("DynamoDB has neither infinities nor NaN")
    return {"N": str(number)}


def _set(values: set[Any] | frozenset[Any]) -> dict[str, Any]:
    """Tag a set, whose values have one type."""
    tagged = [typed(value) for value in values]
    tags = {tag for value in tagged for tag in value}
    if len(tags) != 1 or not tags <= {"S", "N", "B"}:
        raise TypeError(f"DynamoDB has no such set: {values}")
    (tag,) = tags
    return {f"{tag}S": [value[tag] for value in tagged]}


# `bool` stands before `int`, of which it is a subclass.
TAGS: tuple[tuple[type | tuple[type, ...], Callable[[Any], dict[str, Any]]], ...] = (
    (str, lambda value: {"S": value}),
    (bool, lambda value: {"BOOL": value}),
    ((int, Decimal), _number),
    ((bytes, bytearray), lambda value: {"B": bytes(value)}),
    (type(None), lambda _: {"NULL": True}),
    (Mapping, lambda value: {"M": {name: typed(one) for name, one in value.items()}}),
    ((list, tuple), lambda value: {"L": [typed(one) for one in value]}),
    ((set, frozenset), _set),
)

PLAIN: Mapping[str, Callable[[Any], Any]] = {
    "S": lambda content: content,
    "N": NUMBERS.create_decimal,
    "B": lambda content: content,
    "BOOL": lambda content: content,
    "NULL": lambda _: None,
    "M": lambda content: {name: plain(value) for name, value in content.items()},
    "L": lambda content: [plain(value) for value in content],
    "SS": set,
    "NS": lambda content: {NUMBERS.create_decimal(number) for number in content},
    "BS": set,
}
