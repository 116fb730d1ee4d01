"""The rules alone decide every recorded transition as the reference did."""

from tests.transitions import flow_runs, task_runs
from tests.transitions.pure import Pure


def test_every_recorded_transition_of_a_task_run_is_decided_alike() -> None:
    recorded = {task_runs.label(one): one for one in task_runs.RECORDED}
    player = Pure()
    seen = {label: task_runs.replay(player, one) for label, one in recorded.items()}
    assert len(recorded) == 1118
    assert seen == {label: task_runs.facts(one) for label, one in recorded.items()}


def test_every_recorded_transition_of_a_flow_run_is_decided_alike() -> None:
    data = flow_runs.recorded()
    recorded = {flow_runs.label(one): one for one in data["transitions"]}
    player = Pure()
    seen = {label: flow_runs.replay(player, data, one) for label, one in recorded.items()}
    assert seen == {label: flow_runs.facts(one) for label, one in recorded.items()}
