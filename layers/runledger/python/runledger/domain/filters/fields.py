"""The criteria that several filters share, one class per set of operators."""

from collections.abc import Mapping
from functools import cached_property
from operator import attrgetter
from typing import ClassVar
from uuid import UUID

from runledger.domain.filters.criterion import CombinedCriterion, Criterion, Getter, on
from runledger.domain.filters.operators import (
    After,
    AllTags,
    AnyOf,
    AnyTags,
    Before,
    Empty,
    Like,
    NotAnyOf,
    Null,
    Test,
)
from runledger.domain.runs.states import StateType


class Id(Criterion):
    any_: AnyOf[UUID] = None


class IdOrNot(Criterion):
    any_: AnyOf[UUID] = None
    not_any_: NotAnyOf[UUID] = None


class Reference(CombinedCriterion):
    """An id that may be null."""

    any_: AnyOf[UUID] = None
    is_null_: Null = None


class Name(Criterion):
    any_: AnyOf[str] = None
    like_: Like = None


class Text(Criterion):
    any_: AnyOf[str] = None


class TextOrNot(Criterion):
    any_: AnyOf[str] = None
    not_any_: NotAnyOf[str] = None


class Tags(CombinedCriterion):
    all_: AllTags = None
    is_null_: Empty = None


class TagsOrAny(CombinedCriterion):
    all_: AllTags = None
    any_: AnyTags = None
    is_null_: Empty = None


class Period(Criterion):
    before_: Before = None
    after_: After = None


class PeriodOrNull(Criterion):
    before_: Before = None
    after_: After = None
    is_null_: Null = None


class Type(Criterion):
    any_: AnyOf[StateType] = None


class TypeOrNot(Criterion):
    any_: AnyOf[StateType] = None
    not_any_: NotAnyOf[StateType] = None


class StateCriterion(CombinedCriterion):
    """A criterion of a run, by the type and name of its state."""

    columns: ClassVar[Mapping[str, Getter]] = {
        "type": attrgetter("state_type"),
        "name": attrgetter("state_name"),
    }

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        # The reference ignores an empty part.
        parts = {name: getattr(self, name) for name in self.columns}
        return tuple(
            on(self.columns[name], part.test)
            for name, part in parts.items()
            if part is not None and part.clauses
        )
