"""Whatever is proposed to the functions: runs, replies and histories tell one story."""

from collections.abc import Sequence

import httpx
from hypothesis import HealthCheck, given, settings

from tests.transitions.chronicle import expected, shown
from tests.transitions.playing import FLOW_RUNS, JSON, TASK_RUNS, Step, start
from tests.transitions.programs import STATES, Taken, Turn, chronicle, played, turns
from tests.transitions.served import Served

# One table serves all examples: no run meets another one's.
few = settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
PROGRAMS = turns(most=6, flow_run=True)
RUNNING = Step({"type": "RUNNING"})


def live(player: Served, program: Sequence[Turn], first: JSON) -> tuple[JSON, list[Taken]]:
    """Play a program for a task run that may be retried once, in a flow run; return it."""
    flow_run = start(player, FLOW_RUNS, {}, [RUNNING])
    fields = {"flow_run_id": flow_run, "empirical_policy": {"retries": 1}}
    run = start(player, TASK_RUNS, fields, [Step(first)])
    created = player.read(TASK_RUNS, run)
    return created, played(player, TASK_RUNS, run, program, flow_run=flow_run)


@few
@given(program=PROGRAMS, first=STATES)
def test_a_run_shows_what_follows_from_the_states_that_clients_were_told(
    api_on_dynoxide: httpx.Client, program: Sequence[Turn], first: JSON
) -> None:
    player = Served(api_on_dynoxide)
    created, steps = live(player, program, first)
    assert shown(player.read(TASK_RUNS, created["id"])) == expected(chronicle(created, steps))


@few
@given(program=PROGRAMS, first=STATES)
def test_a_history_holds_the_states_that_clients_were_told(
    api_on_dynoxide: httpx.Client, program: Sequence[Turn], first: JSON
) -> None:
    created, steps = live(Served(api_on_dynoxide), program, first)
    found = api_on_dynoxide.get("/task_run_states/", params={"task_run_id": created["id"]})
    actual = [one.state["id"] for one in chronicle(created, steps)]
    assert [state["id"] for state in found.json()] == actual


@few
@given(program=PROGRAMS, first=STATES)
def test_a_refusal_tells_the_state_that_stays(
    api_on_dynoxide: httpx.Client, program: Sequence[Turn], first: JSON
) -> None:
    _, steps = live(Served(api_on_dynoxide), program, first)
    refused = [one.outcome for one in steps if not one.written]
    assert [one.answer.body["state"] for one in refused] == [one.after["state"] for one in refused]
