"""The filter of logs (docs/contract/neighbours.md 7)."""

from functools import cached_property
from typing import Annotated, NamedTuple
from uuid import UUID

from pydantic import Field

from runledger.domain.filters import text_search
from runledger.domain.filters.criterion import Criterion, ObjectFilter, on
from runledger.domain.filters.fields import Id, Period
from runledger.domain.filters.operators import AnyOf, Comparison, Null, Test, at_least, at_most
from runledger.domain.logs import Log

MAX_QUERY = 200

# The reference's databases fail on larger numbers.
Level = Annotated[int, Field(ge=-(2**63), lt=2**63)]


class Levels(Criterion):
    ge_: Annotated[Level | None, Comparison(at_least)] = None
    le_: Annotated[Level | None, Comparison(at_most)] = None


class TaskRunId(Criterion):
    """An id that may be null; unlike other such criteria it has no operator."""

    any_: AnyOf[UUID] = None
    is_null_: Null = None


class Text(Criterion):
    query: str = Field(max_length=MAX_QUERY)

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        return tuple(on(_searched, test) for test in text_search.clauses(self.query))


class LogFilter(ObjectFilter):
    level: Levels | None = None
    timestamp: Period | None = None
    flow_run_id: Id | None = None
    task_run_id: TaskRunId | None = None
    text: Text | None = None

    @cached_property
    def clauses(self) -> tuple[Test, ...]:
        # With `or_` each word is a clause of its own; a query without words is not a criterion.
        others = self.model_copy(update={"text": None})
        return (*super(LogFilter, others).clauses, *(self.text.clauses if self.text else ()))

    def matches(self, log: Log) -> bool:
        return self.test(log)


class LogQuery(NamedTuple):
    """A filter of log lines, and a part of the matches in the order of time."""

    wanted: LogFilter
    reverse: bool
    offset: int
    limit: int


def _searched(log: Log) -> str:
    return f"{log.message} {log.name}".lower()
