"""The functions answer every recorded transition as the reference did, and store what it stored."""

from itertools import groupby

import httpx
import pytest

from tests.support.databases import DynamoDB, items_of, put_back
from tests.transitions import flow_runs, task_runs
from tests.transitions.playing import JSON
from tests.transitions.served import Served

FLOW_RUNS = flow_runs.recorded()
# The rules alone are asked for all of them: a third shows what the functions make of the rules.
SOME_OF_FLOW_RUNS = FLOW_RUNS["transitions"][::3]
# And each answer from a type of state, once for those who were answered alike.
SOME_OF_TASK_RUNS = task_runs.distinct()


@pytest.mark.parametrize("flow_run", sorted({str(one["flow_run"]) for one in task_runs.RECORDED}))
def test_recorded_transitions_of_task_runs_are_answered_alike(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB, flow_run: str
) -> None:
    player = Served(api_on_dynoxide)
    task_runs.running_flow_run(player)
    nothing = items_of(on_dynoxide)
    recorded = sorted(
        (one for one in SOME_OF_TASK_RUNS if str(one["flow_run"]) == flow_run), key=task_runs.setup
    )
    seen: JSON = {}
    for _, group in groupby(recorded, task_runs.setup):
        alike = [*group]
        run = task_runs.prepare(player, alike[0])
        prepared, before = items_of(on_dynoxide), player.read("task_runs", run)
        for one in alike:
            put_back(on_dynoxide, prepared)
            seen[task_runs.label(one)] = task_runs.propose(player, one, run, before=before)
        put_back(on_dynoxide, nothing)
    assert seen == {task_runs.label(one): task_runs.facts(one) for one in recorded}


@pytest.mark.parametrize("source", FLOW_RUNS["setups"])
def test_recorded_transitions_of_flow_runs_are_answered_alike(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB, source: str
) -> None:
    player = Served(api_on_dynoxide)
    recorded = [one for one in SOME_OF_FLOW_RUNS if one["from"] == source]
    seen: JSON = {}
    for deployed in (False, True):
        alike = [one for one in recorded if one["deployment"] is deployed]
        if not alike:
            continue
        run = flow_runs.prepare(player, FLOW_RUNS, alike[0])
        prepared, before = items_of(on_dynoxide), player.read("flow_runs", run)
        for one in alike:
            put_back(on_dynoxide, prepared)
            seen[flow_runs.label(one)] = flow_runs.propose(
                player, FLOW_RUNS, one, run, before=before
            )
    assert seen == {flow_runs.label(one): flow_runs.facts(one) for one in recorded}
