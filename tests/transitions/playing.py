"""A proposed state, and all that leads up to it: asked of any player, and what came of it.

A player takes the bodies that a client would send and gives those that it would get, so that one
recorded set of transitions can be asked of the rules alone, of the functions, and of the reference.
"""

from collections.abc import Hashable, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple, Protocol

JSON = dict[str, Any]

TASK_RUNS, FLOW_RUNS = "task_runs", "flow_runs"
OFFSET = "_offset"


class Reply(NamedTuple):
    """The answer to a proposed state."""

    http: int
    body: JSON


class Player(Hashable, Protocol):
    """Creates, moves and reads runs."""

    @property
    def now(self) -> datetime:
        """The time from which offsets count."""

    @property
    def deployment(self) -> str:
        """The id of a deployment that there is."""

    def create(self, kind: str, fields: JSON) -> str:
        """Create a run and return its id; what every run needs is filled in."""

    def propose(self, kind: str, run_id: str, state: JSON, *, force: bool) -> Reply:
        """Propose a state."""

    def change(self, run_id: str, fields: JSON) -> None:
        """Change fields of a flow run."""

    def read(self, kind: str, run_id: str) -> JSON:
        """Read a run back."""


class Step(NamedTuple):
    """A state that is proposed, by force unless said otherwise."""

    state: JSON
    force: bool = True


class Outcome(NamedTuple):
    """The answer to a proposal, and its run before and after."""

    answer: Reply
    before: JSON
    after: JSON


def start(player: Player, kind: str, fields: JSON, steps: Sequence[Step]) -> str:
    """Create a run in the first of the states, and take it through the others."""
    first, *others = steps
    run_id = player.create(kind, fields | {"state": timed(first.state, player.now)})
    for step in others:
        move(player, kind, run_id, step)
    return run_id


def move(player: Player, kind: str, run_id: str, step: Step) -> Reply:
    return player.propose(kind, run_id, timed(step.state, player.now), force=step.force)


def ask(
    player: Player, kind: str, run_id: str, step: Step, *, before: JSON | None = None
) -> Outcome:
    """Propose a state, and look at the run before, unless that was done, and after."""
    before = before or player.read(kind, run_id)
    answer = move(player, kind, run_id, step)
    return Outcome(answer, before, player.read(kind, run_id))


def timed(state: JSON, now: datetime) -> JSON:
    """Replace each offset in the details of a state, in seconds from now, by its time."""
    details = {
        name.removesuffix(OFFSET): (now + timedelta(seconds=given)).isoformat()
        if name.endswith(OFFSET)
        else given
        for name, given in state.get("state_details", {}).items()
    }
    return state | {"state_details": details}
