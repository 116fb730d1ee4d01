"""How operators make a criterion, and criteria a filter (docs/contract/filters.md 1)."""

from collections.abc import Callable, Mapping
from enum import StrEnum
from functools import cached_property
from operator import attrgetter
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict

from runledger.domain.filters.operators import Comparison, Test

T = TypeVar("T")
Look = Callable[[Any], Any]
"""From the object that is filtered to what a criterion is about."""


class Operator(StrEnum):
    """How criteria combine."""

    and_ = "and_"
    or_ = "or_"


def combine(tests: tuple[Test, ...], operator: Operator = Operator.and_) -> Test:
    """Return one test for all; none at all, by either operator, is always met."""
    if len(tests) == 1:
        return tests[0]
    if tests and operator is Operator.or_:
        return lambda value: any(test(value) for test in tests)
    return lambda value: all(test(value) for test in tests)


def on(look: Look, test: Test) -> Test:
    """Return the test of what `look` finds."""
    return lambda value: test(look(value))


def itself(value: T) -> T:
    return value


class Wire(BaseModel):
    """Frozen, and compiled when first asked: a copy with changes would keep the old tests."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Criterion(Wire):
    """What is asked of one value; each field is an operator, annotated with what it means."""

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        """The tests that the given operators ask for."""
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
    """A criterion whose operators combine as the client says."""

    operator: Operator = Operator.and_

    @cached_property
    def test(self) -> Test:
        return combine(self.clauses, self.operator)


class ObjectFilter(CombinedCriterion):
    """What is asked of one object; each field is a criterion about a part of it.

    The part is the attribute of the same name, but for those that `parts` tells.
    """

    parts: ClassVar[Mapping[str, Look]] = {}

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        given = {name: getattr(self, name) for name in type(self).model_fields}
        return tuple(
            on(self.parts.get(name) or self.attribute(name), criterion.test)
            for name, criterion in given.items()
            if isinstance(criterion, Criterion)
        )

    def attribute(self, name: str) -> Look:
        return attrgetter(name)
