"""Whatever is proposed for a run: what it shows follows from the states that it has been in."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.transitions.chronicle import Entered, expected, shown
from tests.transitions.playing import FLOW_RUNS, JSON, TASK_RUNS, Step, start
from tests.transitions.programs import STATES, Taken, Turn, chronicle, played, turns
from tests.transitions.pure import Pure

POLICIES = st.fixed_dictionaries({}, optional={"retries": st.sampled_from([0, 1, 2])})
ESTIMATES = ("estimated_run_time", "estimated_start_time_delta")


class Life(NamedTuple):
    """A run at first, all its proposals, the run at last, and the time when it was looked at."""

    first: JSON
    steps: Sequence[Taken]
    last: JSON
    now: datetime

    @property
    def entered(self) -> list[Entered]:
        return chronicle(self.first, self.steps)


def live(kind: str, program: Sequence[Turn], first: JSON, policy: JSON) -> Life:
    player = Pure()

    def wait(seconds: int) -> None:
        player.now += timedelta(seconds=seconds)

    flow_run = start(player, FLOW_RUNS, {}, [Step({"type": "RUNNING"})])
    within = {"flow_run_id": flow_run} if kind == TASK_RUNS else {}
    run = start(player, kind, {"empirical_policy": policy, **within}, [Step(first)])
    created = player.read(kind, run)
    steps = played(player, kind, run, program, flow_run=flow_run, wait=wait)
    return Life(created, steps, player.read(kind, run), player.now)


def lives(kind: str) -> st.SearchStrategy[Life]:
    program = turns(most=10, flow_run=kind == TASK_RUNS)
    return st.builds(live, st.just(kind), program, STATES, POLICIES)


OF_TASK_RUNS, OF_FLOW_RUNS = lives(TASK_RUNS), lives(FLOW_RUNS)
OF_ALL_RUNS = OF_TASK_RUNS | OF_FLOW_RUNS


@given(OF_TASK_RUNS)
def test_counts_times_and_durations_follow_from_all_states(life: Life) -> None:
    assert shown(life.last) == expected(life.entered)


@given(OF_FLOW_RUNS)
def test_times_and_durations_of_flow_runs_do_too(life: Life) -> None:
    # A flow run that resumes goes on with its attempt: the recorded transitions show its counts.
    counted = {"run_count": life.last["run_count"]}
    assert shown(life.last) == expected(life.entered) | counted


@given(OF_ALL_RUNS)
def test_a_start_never_moves(life: Life) -> None:
    starts = [step.outcome.after["start_time"] for step in life.steps]
    assert all(earlier in {None, later} for earlier, later in pairwise(starts))


@given(OF_ALL_RUNS)
def test_no_two_states_share_a_time(life: Life) -> None:
    times = [one.time for one in life.entered]
    assert all(earlier < later for earlier, later in pairwise(times))


@given(OF_TASK_RUNS)
def test_what_is_refused_leaves_its_run_as_it_was(life: Life) -> None:
    for step in life.steps:
        _, before, after = step.outcome
        unchanged = after | {name: before[name] for name in ESTIMATES}
        assert step.written or before == unchanged


@given(OF_ALL_RUNS)
def test_an_estimated_run_time_goes_on_while_the_run_runs(life: Life) -> None:
    last = life.entered[-1]
    running = max(life.now - last.time, timedelta()) if last.type == "RUNNING" else timedelta()
    estimated = timedelta(seconds=life.last["estimated_run_time"])
    assert estimated == shown(life.last)["total_run_time"] + running


def test_a_clock_that_is_behind_shows_no_less_run_time() -> None:
    start_again = Turn(-5, Step({"type": "RUNNING"}), of_flow_run=False)
    life = live(FLOW_RUNS, [start_again], {"type": "RUNNING"}, {})
    assert life.now < life.entered[-1].time
    assert life.last["estimated_run_time"] == life.last["total_run_time"]


@given(OF_ALL_RUNS)
def test_a_delay_is_from_the_expected_start_to_the_start_or_to_now(life: Life) -> None:
    actual, last = shown(life.last), life.entered[-1]
    begun = actual["start_time"] or (actual["expected_start_time"] if last.over else life.now)
    late = max(begun - actual["expected_start_time"], timedelta())
    assert timedelta(seconds=life.last["estimated_start_time_delta"]) == late


@pytest.mark.parametrize("own", ["flow_run_id", "task_run_id"])
@given(life=OF_TASK_RUNS)
def test_every_state_names_its_run(life: Life, own: str) -> None:
    ids = {"flow_run_id": life.first["flow_run_id"], "task_run_id": life.first["id"]}
    assert {one.state["state_details"][own] for one in life.entered} == {ids[own]}
