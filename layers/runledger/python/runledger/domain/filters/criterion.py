"""Compiles operators to criteria, and criteria to filters (docs/contract/filters.md 1)."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from runledger.domain.filters.operators import Comparison, Test

T = TypeVar("T")
Getter = Callable[[Any], Any]
"""Gets the value of a criterion from the filtered object."""


class Operator(StrEnum):
    """Combines criteria."""

    and_ = "and_"
    or_ = "or_"


def combine(tests: tuple[Test, ...], operator: Operator = Operator.and_) -> Test:
    """Combine tests into one; without any, both operators match everything."""
    if len(tests) == 1:
        return tests[0]
    if tests and operator is Operator.or_:
        return lambda value: any(test(value) for test in tests)
    return lambda value: all(test(value) for test in tests)


def on(get: Getter, test: Test) -> Test:
    """Return the test of the value that `get` returns."""
    return lambda value: test(get(value))


def identity(value: T) -> T:
    return value


class FilterModel(BaseModel):
    """Frozen; its tests are compiled once, so a changed copy would have the old ones."""

    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Criterion(FilterModel):
    """A criterion of one value; each field is an operator, annotated with its comparison."""

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        """The tests of the given operators."""
        return tuple(
            clause
            for name, field in type(self).model_fields.items()
            for comparison in field.metadata
            if isinstance(comparison, Comparison)
            for clause in comparison.clauses(getattr(self, name))
        )

    @cached_property
    def test(self) -> Test:
        return combine(self.clauses)


class CombinedCriterion(Criterion):
    """A criterion whose operators the client combines by `and_` or `or_`."""

    operator: Operator = Operator.and_

    @cached_property
    def test(self) -> Test:
        return combine(self.clauses, self.operator)


class ObjectFilter(CombinedCriterion):
    """A filter of one object; each field is a criterion of one of its attributes.

    The attribute has the name of the field, except for those in `parts`.
    """

    parts: ClassVar[Mapping[str, Getter]] = {}

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return tuple(
            on(self.parts.get(name) or self.attribute(name), criterion.test)
            for name, criterion in given.items()
            if isinstance(criterion, Criterion)
        )

    def attribute(self, name: str) -> Getter:
        return attrgetter(name)
