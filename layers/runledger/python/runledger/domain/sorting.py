"""The orders in which task runs are listed (contract, filters 6)."""

from collections.abc import Mapping
from enum import StrEnum
from operator import attrgetter
from typing import Any, NamedTuple

from runledger.domain.facts import TaskRunFacts


class TaskRunSort(StrEnum):
    """The orders, as the reference lists them in its errors."""

    ID_DESC = "ID_DESC"
    EXPECTED_START_TIME_ASC = "EXPECTED_START_TIME_ASC"
    EXPECTED_START_TIME_DESC = "EXPECTED_START_TIME_DESC"
    NAME_ASC = "NAME_ASC"
    NAME_DESC = "NAME_DESC"
    NEXT_SCHEDULED_START_TIME_ASC = "NEXT_SCHEDULED_START_TIME_ASC"
    END_TIME_DESC = "END_TIME_DESC"


class Order(NamedTuple):
    """A column's rank, upwards or downwards."""

    column: str
    reverse: bool = False


class Page(NamedTuple):
    """Which part of what is wanted, in which order."""

    order: Order
    offset: int
    limit: int


# Everything, in an order whose index tells enough to decide what is wanted.
ALL = Page(Order("expected_start_time"), offset=0, limit=2**63)

# fmt: off
ORDERS: Mapping[TaskRunSort, Order] = {
    TaskRunSort.ID_DESC:                       Order("id", reverse=True),
    TaskRunSort.EXPECTED_START_TIME_ASC:       Order("expected_start_time"),
    TaskRunSort.EXPECTED_START_TIME_DESC:      Order("expected_start_time", reverse=True),
    TaskRunSort.NAME_ASC:                      Order("name"),
    TaskRunSort.NAME_DESC:                     Order("name", reverse=True),
    TaskRunSort.NEXT_SCHEDULED_START_TIME_ASC: Order("next_scheduled_start_time"),
    TaskRunSort.END_TIME_DESC:                 Order("end_time", reverse=True),
}
# fmt: on


def rank(facts: TaskRunFacts, column: str) -> tuple[Any, ...]:
    """Return where the run stands by a column, upwards: null first, the older first of equals.

    It is (id,) or (is not null, value, created, id); of two ranks by one column the lesser
    comes first.
    """
    if column == "id":
        return (str(facts.id),)
    value = attrgetter(column)(facts)
    return (value is not None, value, facts.created, str(facts.id))
