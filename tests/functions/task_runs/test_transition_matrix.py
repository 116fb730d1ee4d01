"""The functions answer every recorded transition as the reference did, and store what it stored."""

import httpx
import pytest

from tests.transitions import flow_runs, task_runs
from tests.transitions.served import Served

FLOW_RUNS = flow_runs.recorded()
# The rules alone are asked for all of them: a third shows what the functions make of the rules.
SOME_OF_FLOW_RUNS = FLOW_RUNS["transitions"][::3]
# And each answer from a type of state, once for those who were answered alike.
SOME_OF_TASK_RUNS = task_runs.distinct()


@pytest.mark.parametrize("flow_run", sorted({str(one["flow_run"]) for one in task_runs.RECORDED}))
def test_recorded_transitions_of_task_runs_are_answered_alike(
    api_on_dynoxide: httpx.Client, flow_run: str
) -> None:
    player = Served(api_on_dynoxide)
    recorded = {
        task_runs.label(one): one for one in SOME_OF_TASK_RUNS if str(one["flow_run"]) == flow_run
    }
    seen = {label: task_runs.replay(player, one) for label, one in recorded.items()}
    assert seen == {label: task_runs.facts(one) for label, one in recorded.items()}


@pytest.mark.parametrize("source", FLOW_RUNS["setups"])
def test_recorded_transitions_of_flow_runs_are_answered_alike(
    api_on_dynoxide: httpx.Client, source: str
) -> None:
    player = Served(api_on_dynoxide)
    recorded = {flow_runs.label(one): one for one in SOME_OF_FLOW_RUNS if one["from"] == source}
    seen = {label: flow_runs.replay(player, FLOW_RUNS, one) for label, one in recorded.items()}
    assert seen == {label: flow_runs.facts(one) for label, one in recorded.items()}
