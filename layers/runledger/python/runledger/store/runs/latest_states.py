"""The times of the last states of each type, which the counters of runs keep beside the counts.

They have the states with the usual name of their type, such as Completed: most states. Each of them
is counted in any case, so its time costs no write.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from pydantic_core import from_json

from runledger.domain.runs.states import StateType
from runledger.domain.values import microseconds
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.schema import keys

if TYPE_CHECKING:
    from runledger.store.dynamodb.stream_records import Change


def entered_state(change: Change) -> Iterator[tuple[StateType, int]]:
    """Yield the state whose time a counter keeps: its type, and microseconds since 1970.

    It is counted, so its type is another one than that of the state before.
    """
    if change.new is None or keys.state_type_of(change.new) == keys.state_type_of(change.old or {}):
        return
    state = from_json(change.new[DOCUMENT]).get("state")
    if state and state["name"] == usual_name(state["type"]):
        yield StateType(state["type"]), microseconds(datetime.fromisoformat(state["timestamp"]))


def usual_name(state_type: str) -> str:
    """Return the name of most states of a type."""
    return state_type.capitalize()


def latest_attribute(state_type: StateType) -> str:
    """Return the counter's attribute for the time of the last state of a type."""
    return f"{state_type}_at"
