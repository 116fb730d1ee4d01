"""The functions answer every recorded transition as the reference did, and store what it stored."""

import httpx
import pytest

from tests.transitions import task_runs
from tests.transitions.served import Served

KINDS = sorted({str(one["flow_run"]) for one in task_runs.RECORDED})


@pytest.mark.parametrize("flow_run", KINDS)
def test_recorded_transitions_of_task_runs_are_answered_alike(
    api_on_dynoxide: httpx.Client, flow_run: str
) -> None:
    player = Served(api_on_dynoxide)
    recorded = {
        task_runs.label(one): one for one in task_runs.RECORDED if str(one["flow_run"]) == flow_run
    }
    seen = {label: task_runs.replay(player, one) for label, one in recorded.items()}
    assert seen == {label: task_runs.facts(one) for label, one in recorded.items()}
