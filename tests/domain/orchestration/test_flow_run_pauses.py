"""Memory of pauses through transitions that no single recording shows."""

import pytest

from tests.transitions.playing import FLOW_RUNS, JSON, TASK_RUNS, Step, start
from tests.transitions.pure import Pure

RUNNING, FAILED = {"type": "RUNNING"}, {"type": "FAILED"}
PAUSED: JSON = {"type": "PAUSED", "state_details": {"pause_key": "k"}}


def led_through(*states: JSON, **fields: object) -> JSON:
    player = Pure()
    first, *others = states
    steps = [Step(first), *(Step(state, force=False) for state in others)]
    return player.read(FLOW_RUNS, start(player, FLOW_RUNS, dict(fields), steps))


def test_the_first_way_out_of_a_pause_counts_as_an_attempt_and_the_next_does_not() -> None:
    assert led_through(RUNNING, PAUSED, RUNNING)["run_count"] == 2
    again = PAUSED | {"state_details": {"pause_key": "another"}}
    assert led_through(RUNNING, PAUSED, RUNNING, again, RUNNING)["run_count"] == 2


def test_a_flow_run_that_starts_over_forgets_its_pauses() -> None:
    policy = led_through(RUNNING, PAUSED, RUNNING, FAILED, RUNNING)["empirical_policy"]
    assert (policy["pause_keys"], policy["resuming"]) == ([], False)


def test_a_flow_run_whose_retries_are_used_up_forgets_how_it_was_retried() -> None:
    policy: JSON = {"retries": 0, "retry_type": "in_process"}
    assert (
        led_through(RUNNING, FAILED, empirical_policy=policy)["empirical_policy"]
        == (led_through(RUNNING, empirical_policy={"retries": 0})["empirical_policy"])
    )


@pytest.mark.parametrize("data", ["text", 5, [1], True])
def test_only_an_object_is_a_result_of_a_flow(data: object) -> None:
    completed: JSON = {"type": "COMPLETED", "data": data}
    assert led_through(RUNNING, completed, RUNNING)["state_type"] == "RUNNING"


def test_a_flow_run_without_a_parent_keeps_the_task_run_that_a_client_names() -> None:
    task_run = "0bad5eed-0000-4000-8000-000000000001"
    named = led_through(RUNNING | {"state_details": {"task_run_id": task_run}})
    assert named["state"]["state_details"]["task_run_id"] == task_run


def test_a_subflow_run_names_its_parent_whatever_a_client_says() -> None:
    player = Pure()
    parent = player.create(TASK_RUNS, {})
    lie = {"task_run_id": "0bad5eed-0000-4000-8000-000000000001"}
    state: JSON = RUNNING | {"state_details": lie}
    run = start(player, FLOW_RUNS, {"parent_task_run_id": parent}, [Step(state)])
    assert player.read(FLOW_RUNS, run)["state"]["state_details"]["task_run_id"] == parent
