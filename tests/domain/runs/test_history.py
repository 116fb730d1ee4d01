from datetime import UTC, datetime, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic_core import to_json

from runledger.domain.runs.facts import TaskRunFacts
from runledger.domain.runs.history import Interval, Timeline, average_lateness
from runledger.domain.runs.states import TERMINAL, StateType
from runledger.service.search.search import samples
from tests.support.facts import flow_run_facts, task_run_facts
from tests.transitions.building import flow_run, state

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
ZERO = timedelta()


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


def test_intervals_start_one_after_the_other_and_the_last_one_ends() -> None:
    assert Timeline(NOON, NOON + HOUR + HOUR / 2, HOUR).starts == [
        NOON,
        NOON + HOUR,
        NOON + 2 * HOUR,
    ]


def test_a_run_without_a_state_is_told_nowhere() -> None:
    actual = Timeline(NOON, NOON + HOUR, HOUR).aggregate(
        samples([flow_run_facts(flow_run(None))]), NOON
    )
    assert actual[0]["states"] == []


def test_lateness_is_averaged_over_the_runs_that_have_a_state() -> None:
    assert average_lateness(samples([flow_run_facts(flow_run(None))]), NOON) is None
    due = [
        flow_run_facts(flow_run(state("SCHEDULED"), expected_start_time=NOON - delay * HOUR))
        for delay in (1, 2)
    ]
    runs = [*due, flow_run_facts(flow_run(None))]
    assert average_lateness(samples(runs), NOON) == 1.5 * HOUR.total_seconds()


def test_a_state_with_an_empty_name_is_told_by_it() -> None:
    actual = Timeline(NOON, NOON + HOUR, HOUR).aggregate(samples([run(state_name="")]), NOON)
    assert [totals["state_name"] for totals in actual[0]["states"]] == [""]


def test_a_run_is_told_in_the_interval_that_begins_with_its_time() -> None:
    actual = Timeline(NOON - HOUR, NOON + HOUR, HOUR).aggregate(samples([run()]), NOON)
    assert [len(interval["states"]) for interval in actual] == [0, 1]


def test_a_run_beyond_the_last_interval_is_not_told() -> None:
    actual = Timeline(NOON - HOUR, NOON, HOUR).aggregate(samples([run()]), NOON)
    assert [len(interval["states"]) for interval in actual] == [0]


def test_a_run_that_nobody_expects_is_told_nowhere() -> None:
    runs = list(samples([run(expected_start_time=None)]))
    assert Timeline(NOON, NOON + HOUR, HOUR).aggregate(runs, NOON)[0]["states"] == []
    assert average_lateness(runs, NOON) is None


TIMES = st.datetimes(NOON.replace(tzinfo=None) - HOUR, NOON.replace(tzinfo=None) + HOUR).map(
    lambda time: time.replace(tzinfo=UTC)
)
RUNS = st.builds(
    run,
    state_type=st.sampled_from(StateType),
    state_name=st.sampled_from("ab"),
    state_timestamp=TIMES,
    expected_start_time=TIMES,
    start_time=st.none() | TIMES,
    total_run_time=st.timedeltas(-HOUR, HOUR),
)


@given(st.lists(RUNS, max_size=5), TIMES)
def test_a_state_has_the_sums_of_its_runs(runs: list[TaskRunFacts], now: datetime) -> None:
    (document,) = Timeline(NOON - HOUR, NOON + HOUR, 3 * HOUR).aggregate(samples(runs), now)
    whole = Interval.model_validate_json(to_json(document))
    assert whole.model_dump_json().encode() == to_json(document)
    told = {(one.state_type, one.state_name): one for one in whole.states}
    assert sorted(told) == [*told] == sorted({(one.state_type, one.state_name) for one in runs})
    for name, totals in told.items():
        members = [one for one in runs if (one.state_type, one.state_name) == name]
        assert totals.count_runs == len(members)
        assert totals.sum_estimated_run_time == sum((spent(one, now) for one in members), ZERO)
        assert totals.sum_estimated_lateness == sum((late(one, now) for one in members), ZERO)


def spent(one: TaskRunFacts, now: datetime) -> timedelta:
    assert one.state_timestamp
    runs = one.state_type == StateType.RUNNING
    return max(one.total_run_time + (max(now - one.state_timestamp, ZERO) if runs else ZERO), ZERO)


def late(one: TaskRunFacts, now: datetime) -> timedelta:
    assert one.expected_start_time
    begun = one.start_time or (None if one.state_type in TERMINAL else now)
    return max(begun - one.expected_start_time, ZERO) if begun else ZERO
