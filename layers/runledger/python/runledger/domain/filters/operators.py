"""The operators `any_`, `like_`, `before_` and others, as tests of a value.

A null value satisfies no comparison, as in SQL.
"""

from collections.abc import Callable, Iterable, Sized
from datetime import datetime
from typing import Annotated, Any, NamedTuple, TypeVar

from runledger.domain.filters.like import like
from runledger.domain.values import UtcTime

T = TypeVar("T")
Test = Callable[[Any], bool]


def one_of(wanted: Iterable[object]) -> Test:
    return frozenset(wanted).__contains__


def none_of(unwanted: Iterable[object]) -> Test:
    excluded = frozenset(unwanted) | {None}
    return lambda value: value not in excluded


def superset_of(wanted: Iterable[object]) -> Test:
    return frozenset(wanted).issubset


def overlapping(wanted: Iterable[object]) -> Test:
    tags = frozenset(wanted)
    return lambda value: not tags.isdisjoint(value)


def null(wanted: bool) -> Test:  # noqa: FBT001 - an operand, not a switch
    return lambda value: (value is None) is wanted


def empty(wanted: bool) -> Test:  # noqa: FBT001
    return lambda value: (not value) is wanted


def some(wanted: bool) -> Test:  # noqa: FBT001
    return lambda count: (count > 0) is wanted


def equal(wanted: object) -> Test:
    return lambda value: bool(value == wanted)


def at_least(limit: int) -> Test:
    return lambda number: bool(number >= limit)


def at_most(limit: int) -> Test:
    return lambda number: bool(number <= limit)


def not_after(limit: datetime) -> Test:
    return lambda time: time is not None and time <= limit


def not_before(limit: datetime) -> Test:
    return lambda time: time is not None and time >= limit


class Comparison(NamedTuple):
    """Makes the test of an operator from its operand; annotates the operator's field."""

    test: Callable[[Any], Test]
    ignores_empty: bool = False

    def clauses(self, operand: object) -> tuple[Test, ...]:
        """Return the test, or nothing for an operand without effect."""
        has_no_effect = operand is None or (
            self.ignores_empty and isinstance(operand, Sized) and not len(operand)
        )
        return () if has_no_effect else (self.test(operand),)


AnyOf = Annotated[list[T] | None, Comparison(one_of)]
NotAnyOf = Annotated[list[T] | None, Comparison(none_of, ignores_empty=True)]
AllTags = Annotated[list[str] | None, Comparison(superset_of, ignores_empty=True)]
AnyTags = Annotated[list[str] | None, Comparison(overlapping)]
Like = Annotated[str | None, Comparison(like, ignores_empty=True)]
Before = Annotated[UtcTime | None, Comparison(not_after)]
After = Annotated[UtcTime | None, Comparison(not_before)]
Null = Annotated[bool | None, Comparison(null)]
Empty = Annotated[bool | None, Comparison(empty)]
Exists = Annotated[bool | None, Comparison(some)]
Equal = Annotated[bool | None, Comparison(equal)]
