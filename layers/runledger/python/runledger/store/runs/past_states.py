"""The past states of runs: in the run's item and, if they are many or large, in items beside it.

The current state is in the run's document. A past state is a line of JSON: as it was stored while
it was the current one.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from pydantic_core import from_json, to_json

from runledger.domain.runs.states import State
from runledger.parallel import map_in_parallel
from runledger.store import items
from runledger.store.dynamodb.large_documents import DOCUMENT
from runledger.store.dynamodb.packing import STATES
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Item, Put
from runledger.store.schema import keys
from runledger.store.schema.keys import Key

if TYPE_CHECKING:
    from runledger.domain.runs.flow_runs import FlowRun
    from runledger.domain.runs.task_runs import TaskRun

# The attribute of a run that counts the items beside it, each with many past states.
EARLIER = "earlier_states"

# Characters of past states in the item of a run: some thirty states. Compressed they take a
# kilobyte, which is a write unit of each transition.
MAX_TEXT = 8_000


class PastStates(NamedTuple):
    """Past states of a run: a text of those in its item, and the number of items beside it."""

    text: str = ""
    earlier: int = 0

    @classmethod
    def of(cls, item: Item) -> PastStates:
        """Read the past states that are in a run's item."""
        return cls(item.get(STATES, ""), int(item.get(EARLIER, 0)))

    def attributes(self) -> dict[str, Any]:
        """Return the attributes of a run's item; None of those that it does not have."""
        return {STATES: self.text or None, EARLIER: self.earlier or None}

    def adding(self, of_run: Key, state: State) -> tuple[PastStates, list[Put]]:
        """Return the past states with one more, and the write of those that go beside the item.

        Raises:
            TooLarge: the state's name is too long.
        """
        items.check_state_name(state.name)
        line = items.dump_document(state.as_stored())
        text = f"{self.text}\n{line}" if self.text else line
        if len(text) <= MAX_TEXT:
            return self._replace(text=text), []
        key = keys.earlier_states(of_run, self.earlier)
        return PastStates(earlier=self.earlier + 1), [Put({**key._asdict(), DOCUMENT: _body(text)})]

    def read(self, table: Table, of_run: Key) -> list[State]:
        """Return the past states, the oldest first."""
        beside = (keys.earlier_states(of_run, number) for number in range(self.earlier))
        found = map_in_parallel(table.read, beside)
        earlier = chain.from_iterable(_parsed_body(item) for item in found if item)
        own = map(State.model_validate_json, _lines(self.text))
        # A read that met a write may find a state twice.
        once = {state.id: state for state in (*earlier, *own)}
        return sorted(once.values(), key=lambda state: (state.timestamp, str(state.id)))


NO_STATES = PastStates()


def with_past(
    past: PastStates, seen: TaskRun | FlowRun, run: TaskRun | FlowRun, late: State | None = None
) -> tuple[PastStates, list[Put]]:
    """Return a run's past states after a write, and the write of those that go beside its item.

    Raises:
        TooLarge: the name of the run's new state is too long.
    """
    of_run = items.key_of(run)
    if run.state and run.state_id != seen.state_id:
        items.check_state_name(run.state.name)
        return past.adding(of_run, seen.state) if seen.state else (past, [])
    return past.adding(of_run, late) if late else (past, [])


def states_of(table: Table, item: Item) -> list[State]:
    """Return all states of a run that was read, the oldest first."""
    current = _current(item)
    past = PastStates.of(item).read(table, keys.of(item))
    return [*past, *([current] if current else [])]


def state_of(table: Table, of_run: Key, state_id: UUID) -> State | None:
    """Return the state of a run that has the id."""
    item = table.read(of_run)
    current = _current(item) if item else None
    if item is None or (current and current.id == state_id):
        return current
    past = PastStates.of(item).read(table, of_run)
    return next((state for state in past if state.id == state_id), None)


def _current(item: Item) -> State | None:
    """Read the state in a run's document, without the run."""
    state = from_json(item[DOCUMENT]).get("state")
    return State.model_validate_json(to_json(state)) if state else None


def past_lines(item: Item) -> list[str]:
    """Return the past states in a run's item, each as JSON."""
    return _lines(item.get(STATES, ""))


def _lines(text: str) -> list[str]:
    # Not `splitlines`: JSON may have characters that end lines for it.
    return text.split("\n") if text else []


def _body(text: str) -> str:
    """Return an object of the states, so that each of a large document can be in pieces."""
    states = (f'"{number}":{line}' for number, line in enumerate(_lines(text)))
    return "{" + ",".join(states) + "}"


def _parsed_body(item: Item) -> Iterator[State]:
    for state in from_json(item[DOCUMENT]).values():
        yield State.model_validate_json(to_json(state))
