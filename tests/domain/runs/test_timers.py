"""Changes of flow runs by time alone: docs/services.md."""

from datetime import timedelta
from typing import Any

import pytest

from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.timers import Expiry, expiry_of, is_coming
from tests.transitions.building import FRESH_ID, NOW, flow_run, state

START, TIMEOUT = NOW + timedelta(hours=1), NOW + timedelta(minutes=5)
LATE_AT = START + timedelta(seconds=15)
SCHEDULED = state("SCHEDULED")


@pytest.mark.parametrize(
    ("entered", "expiry"),
    [
        (SCHEDULED, Expiry(LATE_AT, StateType.SCHEDULED, "Late", scheduled_time=START)),
        (
            state("PAUSED", pause_timeout=TIMEOUT),
            Expiry(
                TIMEOUT,
                StateType.FAILED,
                "Failed",
                "The flow was paused and never resumed.",
                force=True,
            ),
        ),
        (
            state("CANCELLING").replace(timestamp=START),
            Expiry(
                START + timedelta(minutes=5),
                StateType.CANCELLED,
                "Cancelled",
                "Flow run cancellation timed out; marked this flow run as Cancelled.",
            ),
        ),
    ],
)
def test_a_run_that_stays_in_its_state_gets_another(entered: State, expiry: Expiry) -> None:
    assert expiry_of(flow_run(entered, next_scheduled_start_time=START)) == expiry


@pytest.mark.parametrize(
    "entered",
    [
        None,
        state("SCHEDULED", "Late"),
        state("SCHEDULED", "AwaitingRetry"),
        state("PAUSED"),
        state("RUNNING", pause_timeout=TIMEOUT),
        state("COMPLETED"),
    ],
)
def test_other_runs_stay_as_they_are(entered: State | None) -> None:
    assert expiry_of(flow_run(entered, next_scheduled_start_time=START)) is None


def test_a_run_without_a_time_to_start_is_never_late() -> None:
    assert expiry_of(flow_run(SCHEDULED)) is None


def test_a_late_run_keeps_its_time_and_is_late_from_now_on() -> None:
    now = LATE_AT + timedelta(seconds=40)
    expiry = expiry_of(flow_run(SCHEDULED, next_scheduled_start_time=START))
    assert expiry
    late = expiry.state(FRESH_ID, now)
    assert late == state("SCHEDULED", "Late", scheduled_time=START).replace(
        id=FRESH_ID, timestamp=now
    )


@pytest.mark.parametrize(
    ("entered", "fields", "expected"),
    [
        (SCHEDULED, {}, True),
        (state("SCHEDULED", "Late"), {}, True),
        (SCHEDULED, {"auto_scheduled": False}, False),
        (SCHEDULED, {"run_count": 1}, False),
        (state("SCHEDULED", "AwaitingConcurrencySlot"), {}, False),
        (state("PENDING"), {}, False),
    ],
)
def test_a_run_goes_with_its_schedule_until_it_begins(
    entered: State, fields: dict[str, Any], *, expected: bool
) -> None:
    assert is_coming(flow_run(entered, **{"auto_scheduled": True, **fields})) is expected
