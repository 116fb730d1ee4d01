from datetime import UTC, datetime, timedelta
from typing import Any

from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.history import Timeline, average_lateness
from runledger.domain.runs.states import StateType
from tests.support.facts import flow_run_facts, task_run_facts
from tests.transitions.building import flow_run, state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run(**facts: Any) -> TaskRunFacts:
    known: dict[str, Any] = {
        "state_type": StateType.PENDING,
        "state_name": "Pending",
        "state_timestamp": NOON,
        "expected_start_time": NOON,
    }
    return task_run_facts(**(known | facts))


def test_the_last_interval_may_reach_beyond_the_end() -> None:
    assert Timeline(NOON, NOON + HOUR + HOUR / 2, HOUR).last == NOON + 2 * HOUR


def test_a_run_without_a_state_is_told_nowhere() -> None:
    actual = Timeline(NOON, NOON + HOUR, HOUR).aggregate([flow_run_facts(flow_run(None))], NOON)
    assert actual[0].states == ()


def test_lateness_is_averaged_over_the_runs_that_have_a_state() -> None:
    assert average_lateness([flow_run_facts(flow_run(None))], NOON) is None
    due = [
        flow_run_facts(flow_run(state("SCHEDULED"), expected_start_time=NOON - delay * HOUR))
        for delay in (1, 2)
    ]
    runs = [*due, flow_run_facts(flow_run(None))]
    assert average_lateness(runs, NOON) == 1.5 * HOUR.total_seconds()


def test_a_state_with_an_empty_name_is_told_by_it() -> None:
    actual = Timeline(NOON, NOON + HOUR, HOUR).aggregate([run(state_name="")], NOON)
    assert [totals.state_name for totals in actual[0].states] == [""]


def test_a_run_is_told_in_the_interval_that_begins_with_its_time() -> None:
    actual = Timeline(NOON - HOUR, NOON + HOUR, HOUR).aggregate([run()], NOON)
    assert [len(interval.states) for interval in actual] == [0, 1]


def test_a_run_beyond_the_last_interval_is_not_told() -> None:
    actual = Timeline(NOON - HOUR, NOON, HOUR).aggregate([run()], NOON)
    assert [len(interval.states) for interval in actual] == [0]
