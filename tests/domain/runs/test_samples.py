"""The times that histories take of a stored run, whatever its durations are."""

import pytest

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
    assert sample == (
        SECOND,
        2 * SECOND,
        "COMPLETED",
        "Completed",
        9 * SECOND,
        int(seconds * SECOND),
    )


def test_a_run_without_a_state_has_no_sample() -> None:
    assert TaskRunFacts({}).sample() is None
