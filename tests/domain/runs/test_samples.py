"""The times that histories take of a stored run, whatever its durations are."""

import pytest

from runledger.domain.runs.bookkeeping import Sample
from runledger.domain.runs.facts import TaskRunFacts

SECOND = 1_000_000
RUN = {
    "state_type": "COMPLETED",
    "state_name": "Completed",
    "state": {"timestamp": "1970-01-01T00:00:09Z"},
    "expected_start_time": "1970-01-01T00:00:01Z",
    "start_time": "1970-01-01T00:00:02Z",
}


@pytest.mark.parametrize("seconds", [0, 1.5, 2**31, 2**33])
def test_a_sample_has_the_times_in_microseconds(seconds: float) -> None:
    sample = TaskRunFacts({**RUN, "total_run_time": seconds}).sample()
    assert sample == Sample(
        expected=SECOND,
        state_type="COMPLETED",
        state_name="Completed",
        total_run_time=int(seconds * SECOND),
        since=None,
        late=SECOND,
    )


def test_a_run_that_runs_does_so_since_a_time() -> None:
    sample = TaskRunFacts({**RUN, "state_type": "RUNNING"}).sample()
    assert sample
    assert (sample.since, sample.late) == (9 * SECOND, SECOND)


def test_a_run_that_may_still_start_is_late_until_it_does() -> None:
    started = {**RUN, "state_type": "PENDING", "start_time": None}
    sample = TaskRunFacts(started).sample()
    assert sample
    assert sample.late is None
    assert [sample.lateness(now * SECOND) for now in (0, 3)] == [0, 2 * SECOND]


def test_a_run_without_a_state_has_no_sample() -> None:
    assert TaskRunFacts({}).sample() is None
