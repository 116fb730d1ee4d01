"""Random lives of runs: what is proposed for them, and after how long."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from hypothesis import strategies as st

from runledger.domain.runs.states import StateType
from tests.transitions.chronicle import Entered, entered
from tests.transitions.playing import FLOW_RUNS, JSON, Outcome, Player, Step, ask, move

TYPES = st.sampled_from([str(kind) for kind in StateType])
# Anybody's clock may be a little behind.
SECONDS = st.integers(-5, 5)

NAMES = st.sampled_from(["AwaitingRetry", "Late", "Suspended", "Mine", ""])
DETAILS: dict[str, st.SearchStrategy[Any]] = {
    "scheduled_time_offset": st.sampled_from([-60, 0, 5, 60]),
    "deferred": st.booleans(),
    "retriable": st.booleans(),
    "pause_timeout_offset": st.sampled_from([-60, 60]),
    "pause_reschedule": st.booleans(),
}


class Turn(NamedTuple):
    """A proposal, for the run or for its flow run, some time after the turn before."""

    seconds: int
    step: Step
    of_flow_run: bool


DATA = st.sampled_from([None, {}, {"kept": 1}, {"type": "unpersisted"}])
STATES: st.SearchStrategy[JSON] = st.fixed_dictionaries(
    {"type": TYPES},
    optional={
        "name": NAMES,
        "data": DATA,
        "state_details": st.fixed_dictionaries({}, optional=DETAILS),
    },
)


class Taken(NamedTuple):
    """A step, and what came of it."""

    step: Step
    outcome: Outcome

    @property
    def written(self) -> bool:
        return self.outcome.answer.http == 201

    @property
    def minimal(self) -> bool:
        """Whether no rule had a say; deferred proposals can't be forced."""
        return self.step.force and not self.step.state.get("state_details", {}).get("deferred")


def played(
    player: Player,
    kind: str,
    run_id: str,
    program: Sequence[Turn],
    *,
    flow_run: str | None = None,
    wait: Callable[[int], object] = lambda _: None,
) -> list[Taken]:
    """Play a program; return the steps of the run."""
    taken = []
    for seconds, step, of_flow_run in program:
        wait(seconds)
        if of_flow_run and flow_run:
            move(player, FLOW_RUNS, flow_run, step)
        else:
            taken.append(Taken(step, ask(player, kind, run_id, step)))
    return taken


def chronicle(first: JSON, steps: Sequence[Taken]) -> list[Entered]:
    """The states that a run entered, from the one in which it was created."""
    later = [entered(one.outcome.answer, force=one.minimal) for one in steps if one.written]
    return [Entered(first["state"], anew=False), *later]


def turns(*, most: int, flow_run: bool) -> st.SearchStrategy[list[Turn]]:
    """Programs; with a flow run, it changes in between."""
    steps = st.builds(Step, STATES, st.booleans())
    of_flow_run = st.booleans() if flow_run else st.just(value=False)
    return st.lists(st.builds(Turn, SECONDS, steps, of_flow_run), max_size=most)
