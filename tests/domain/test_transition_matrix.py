"""The rules alone decide every recorded transition as the reference did."""

from tests.transitions import task_runs
from tests.transitions.pure import Pure


def test_every_recorded_transition_of_a_task_run_is_decided_alike() -> None:
    recorded = {task_runs.label(one): one for one in task_runs.RECORDED}
    seen = {label: task_runs.replay(Pure(), one) for label, one in recorded.items()}
    assert len(recorded) == 1118
    assert seen == {label: task_runs.facts(one) for label, one in recorded.items()}
