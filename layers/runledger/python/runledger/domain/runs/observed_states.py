"""Which states runs have been in, as far as their histories are stored."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

from runledger.domain.filters.like import begins_with
from runledger.domain.runs.states import StateType
from runledger.domain.values import Value


class ObservedState(Value):
    """A type and an exact name, and when a run first and last entered such a state."""

    state_type: StateType
    state_name: str
    first_seen: datetime
    last_seen: datetime


class ObservedStateOrder(StrEnum):
    """The orders, as the reference lists them in its errors."""

    NAME_ASC = "NAME_ASC"
    LAST_SEEN_DESC = "LAST_SEEN_DESC"


class ObservedStateQuery(Value):
    """Which observed states are wanted: those whose type or name begins so, and how many."""

    query: str | None
    order_by: ObservedStateOrder
    limit: int

    def first(self, observed: Iterable[ObservedState]) -> list[ObservedState]:
        """Return those that are wanted, in the order asked for, as many as are asked for."""
        begins = begins_with((self.query or "").strip())
        wanted = [one for one in observed if begins(one.state_type) or begins(one.state_name)]
        return sorted(wanted, key=ORDERS[self.order_by])[: self.limit]


def _by_name(observed: ObservedState) -> tuple[str, str]:
    return observed.state_type, observed.state_name


def _latest_first(observed: ObservedState) -> tuple[float, str, str]:
    return -observed.last_seen.timestamp(), *_by_name(observed)


ORDERS: Mapping[ObservedStateOrder, Callable[[ObservedState], Any]] = {
    ObservedStateOrder.NAME_ASC: _by_name,
    ObservedStateOrder.LAST_SEEN_DESC: _latest_first,
}
