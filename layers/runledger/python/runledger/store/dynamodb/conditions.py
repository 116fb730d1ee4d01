"""Conditions on attributes, as values, and their expressions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Any, NamedTuple


class Placeholders:
    """The names of attributes and the values for which an expression's placeholders stand."""

    def __init__(self) -> None:
        """Begin without any."""
        self.names: dict[str, str] = {}
        self.values: dict[str, Any] = {}

    def of_name(self, name: str) -> str:
        placeholder = f"#n{len(self.names)}"
        self.names[placeholder] = name
        return placeholder

    def of_value(self, value: object) -> str:
        placeholder = f":v{len(self.values)}"
        self.values[placeholder] = value
        return placeholder


class Condition(ABC):
    """A condition; `&` and `|` join two."""

    @abstractmethod
    def expression(self, placeholders: Placeholders) -> str:
        """Return the expression; add what its placeholders stand for."""

    def __and__(self, other: Condition) -> Condition:
        return Joined("{0} AND {1}", self, other)

    def __or__(self, other: Condition) -> Condition:
        return Joined("({0} OR {1})", self, other)


@dataclass(frozen=True)
class Joined(Condition):
    """Two conditions."""

    form: str
    left: Condition
    right: Condition

    def expression(self, placeholders: Placeholders) -> str:
        """Spell both, from left to right."""
        left = self.left.expression(placeholders)
        return self.form.format(left, self.right.expression(placeholders))


@dataclass(frozen=True)
class Compared(Condition):
    """A condition on one attribute: in its form, {0} is the attribute, and {1} the first value."""

    form: str
    attribute: str
    values: tuple[Any, ...] = ()

    def expression(self, placeholders: Placeholders) -> str:
        """Spell it with placeholders of its own."""
        name = placeholders.of_name(self.attribute)
        return self.form.format(name, *map(placeholders.of_value, self.values))


class Attr(NamedTuple):
    """An attribute, of which conditions are made."""

    name: str

    def eq(self, value: object) -> Condition:
        return Compared("{0} = {1}", self.name, (value,))

    def lt(self, value: object) -> Condition:
        return Compared("{0} < {1}", self.name, (value,))

    def lte(self, value: object) -> Condition:
        return Compared("{0} <= {1}", self.name, (value,))

    def gte(self, value: object) -> Condition:
        return Compared("{0} >= {1}", self.name, (value,))

    def between(self, low: object, high: object) -> Condition:
        """Include both ends."""
        return Compared("{0} BETWEEN {1} AND {2}", self.name, (low, high))

    def exists(self) -> Condition:
        return Compared("attribute_exists({0})", self.name)

    def not_exists(self) -> Condition:
        return Compared("attribute_not_exists({0})", self.name)

    def has_fewer_than(self, number: int) -> Condition:
        """Also true of no set at all."""
        return self.not_exists() | Compared("size({0}) < {1}", self.name, (number,))

    def lacks(self, element: object) -> Condition:
        """The set, if there is one, is without the element."""
        return Compared("NOT contains({0}, {1})", self.name, (element,))
