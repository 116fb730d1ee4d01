from datetime import UTC, datetime, timedelta
from uuid import UUID

from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.history import Timeline
from runledger.domain.runs.states import StateType

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)


def run(**facts: object) -> TaskRunFacts:
    known = {"id": UUID(int=1), "created": NOON, "name": "t", "state_type": StateType.PENDING}
    times = {"state_timestamp": NOON, "expected_start_time": NOON}
    return TaskRunFacts.model_validate(known | times | {"state_name": "Pending"} | facts)


def test_a_state_with_an_empty_name_is_told_by_it() -> None:
    told = Timeline(NOON, NOON + HOUR, HOUR).aggregate([run(state_name="")], NOON)
    assert [totals.state_name for totals in told[0].states] == [""]


def test_a_run_is_told_in_the_interval_that_begins_with_its_time() -> None:
    told = Timeline(NOON - HOUR, NOON + HOUR, HOUR).aggregate([run()], NOON)
    assert [len(interval.states) for interval in told] == [0, 1]


def test_a_run_beyond_the_last_interval_is_not_told() -> None:
    told = Timeline(NOON - HOUR, NOON, HOUR).aggregate([run()], NOON)
    assert [len(interval.states) for interval in told] == [0]
