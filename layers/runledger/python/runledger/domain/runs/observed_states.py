"""Observed states: the types and names of all states in stored histories."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any, Self

from runledger.domain.filters.like import begins_with
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value


class ObservedState(Value):
    """A type and an exact name, with the times of the first and the last such state."""

    state_type: StateType
    state_name: str
    first_seen: datetime
    last_seen: datetime

    @classmethod
    def once(cls, state_type: StateType, name: str, entered: datetime) -> Self:
        """Return what a single state shows."""
        return cls(state_type=state_type, state_name=name, first_seen=entered, last_seen=entered)


class ObservedStateOrder(StrEnum):
    """The orders, listed as in the reference's errors."""

    NAME_ASC = "NAME_ASC"
    LAST_SEEN_DESC = "LAST_SEEN_DESC"


class ObservedStateQuery(Value):
    """A query for observed states whose type or name begins with `query`, up to a limit."""

    query: str | None
    order_by: ObservedStateOrder
    limit: int

    def first(self, observed: Iterable[ObservedState]) -> list[ObservedState]:
        """Return the matching states in order, up to the limit."""
        begins = begins_with((self.query or "").strip())
        matches = [it for it in observed if begins(it.state_type) or begins(it.state_name)]
        return sorted(matches, key=ORDERS[self.order_by])[: self.limit]


def _by_name(observed: ObservedState) -> tuple[str, str]:
    return observed.state_type, observed.state_name


def _latest_first(observed: ObservedState) -> tuple[float, str, str]:
    return -observed.last_seen.timestamp(), *_by_name(observed)


ORDERS: Mapping[ObservedStateOrder, Callable[[ObservedState], Any]] = {
    ObservedStateOrder.NAME_ASC: _by_name,
    ObservedStateOrder.LAST_SEEN_DESC: _latest_first,
}
