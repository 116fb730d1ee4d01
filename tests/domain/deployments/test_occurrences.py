"""The times of schedules, as the reference's (`tests.conformance.record_occurrences`)."""

from datetime import UTC, datetime, timedelta
from itertools import islice, takewhile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json

from runledger.domain.deployments import rrules
from runledger.domain.deployments.occurrences import occurrences
from runledger.domain.deployments.schedules import AnyTiming
from tests.domain.deployments.days import count_days

CASES = from_json((Path(__file__).parent / "occurrences.json").read_bytes())
TIMINGS: TypeAdapter[AnyTiming] = TypeAdapter(AnyTiming)
HORIZON = timedelta(days=1000)
NOW = datetime(2026, 11, 29, 19, 34, 38, tzinfo=UTC)
CASE_TIMES = 4


def timing(**fields: Any) -> AnyTiming:
    """A schedule as a request has it: it is checked."""
    return TIMINGS.validate_python(fields, context={"now": NOW})


def times(found: AnyTiming, start: datetime, number: int = CASE_TIMES) -> list[str]:
    within = takewhile(lambda time: time <= start + HORIZON, occurrences(found, start))
    return [str(time) for time in islice(within, number)]


def test_the_times_of_schedules_are_the_references() -> None:
    start = datetime.fromisoformat
    found = [times(timing(**case["schedule"]), start(case["start"])) for case in CASES]
    assert found == [case["times"] for case in CASES]


@given(st.sampled_from(CASES), st.integers(0, CASE_TIMES - 1))
@settings(max_examples=40)
def test_a_schedule_goes_on_wherever_it_is_read_from(case: dict[str, Any], number: int) -> None:
    # An interval of days and hours is counted in elapsed time up to the start, then on the clock.
    interval = case["schedule"].get("interval", 0)
    if number >= len(case["times"]) or (interval > 86_400 and interval % 86_400):
        return
    start = datetime.fromisoformat(case["times"][number])
    found = times(timing(**case["schedule"]), start, len(case["times"]) - number)
    assert found == case["times"][number:]


@pytest.mark.parametrize(
    ("anchor", "start", "expected"),
    [
        (
            "2026-03-28T02:30:00+01:00",
            "2026-03-28T00:00:00Z",
            ["03-28 02:30:00+01:00", "03-29 03:30:00+02:00", "03-30 03:30:00+02:00"],
        ),
        (
            "2026-10-24T02:30:00+02:00",
            "2026-10-24T00:00:00Z",
            ["10-24 02:30:00+02:00", "10-25 02:30:00+01:00", "10-26 02:30:00+01:00"],
        ),
        (  # counted back from a future anchor
            "2026-03-30T02:30:00+02:00",
            "2026-03-28T01:00:00Z",
            ["03-28 02:30:00+01:00", "03-29 03:30:00+02:00", "03-30 02:30:00+02:00"],
        ),
    ],
)
def test_days_are_counted_on_the_clock_although_it_is_changed(
    anchor: str, start: str, expected: list[str]
) -> None:
    daily = timing(interval=86_400, anchor_date=anchor, timezone="Europe/Berlin")
    found = times(daily, datetime.fromisoformat(start), 3)
    assert found == [f"2026-{time}" for time in expected]


def test_a_rule_that_has_many_past_times_to_count_has_no_coming_ones(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(rrules, "MAX_PAST", 5)
    rule = timing(rrule="DTSTART:20261129T000000\nRRULE:FREQ=HOURLY;COUNT=50")
    midnight = datetime(2026, 11, 29, tzinfo=UTC)
    assert times(rule, midnight + timedelta(hours=4), 1) == ["2026-11-29 04:00:00+00:00"]
    assert times(rule, midnight + timedelta(hours=6)) == []


@pytest.mark.parametrize(
    "rule",
    [
        "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30",
        "FREQ=MINUTELY;BYMONTH=2;BYMONTHDAY=30",
        # These would go on second by second.
        "FREQ=SECONDLY;BYSETPOS=2",
        "RRULE:FREQ=SECONDLY\nEXRULE:FREQ=SECONDLY",
    ],
)
def test_what_is_looked_at_for_a_rule_without_times_is_bounded(
    rule: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A tenth of what is looked at, for it takes a tenth of the time.
    monkeypatch.setattr(rrules, "MAX_LOOKED_AT", rrules.MAX_LOOKED_AT // 10)
    days = count_days(monkeypatch)
    assert times(timing(rrule=rule).anchored(NOW), NOW) == []
    assert 0 < sum(days) <= rrules.MAX_LOOKED_AT + 366  # the last year


def test_the_rarest_days_are_found() -> None:
    rule = timing(rrule="FREQ=DAILY;BYMONTH=2;BYMONTHDAY=29;BYDAY=MO").anchored(NOW)
    found = [time.year for time in islice(occurrences(rule, NOW), 4)]
    assert found == [2044, 2072, 2112, 2140]


@pytest.mark.parametrize(
    "fields",
    [
        {"cron": "0 0 31 2 *"},
        {"rrule": "FREQ=DAILY;INTERVAL=0"},
        {"rrule": "FREQ=DAILY;COUNT=3"},
        {"rrule": "FREQ=DAILY", "timezone": "xUTCx"},
        {"rrule": "FREQ=DAILY", "timezone": None},
        {"interval": 60, "timezone": "", "anchor_date": "2026-01-01T00:00:00Z"},
        {"interval": 10**13, "timezone": "UTC", "anchor_date": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_schedule_without_coming_times_has_none(fields: dict[str, Any]) -> None:
    assert times(timing(**fields).anchored(NOW), NOW) == []


@pytest.mark.parametrize(
    ("fields", "where", "message"),
    [
        ({"cron": "x"}, "cron", 'Value error, Invalid cron string: "x"'),
        ({"cron": "* * * *"}, "cron", 'Value error, Invalid cron string: "* * * *"'),
        ({"cron": "60 * * * *"}, "cron", 'Value error, Invalid cron string: "60 * * * *"'),
        (
            {"cron": "R * * * *"},
            "cron",
            'Value error, Random and Hashed expressions are unsupported, received: "R * * * *"',
        ),
        (
            {"cron": "* * * * *", "timezone": "Nowhere/X"},
            "function-after[validate_timezone(), CronSchedule]",
            (
                'Value error, Invalid timezone: "Nowhere/X" (specify in IANA tzdata format, for'
                " example, America/New_York)"
            ),
        ),
        (
            {"rrule": "x"},
            "rrule",
            (
                'Value error, Invalid RRule string "x": not enough values to unpack (expected 2,'
                " got 1)"
            ),
        ),
        (
            {"rrule": "FREQ=DAILY;BYDAY=XX"},
            "rrule",
            "Value error, Invalid RRule string \"FREQ=DAILY;BYDAY=XX\": invalid 'BYDAY': XX",
        ),
        (
            {"rrule": "RDATE:" + ",".join(["20240101T000000"] * 500)},
            "rrule",
            (
                'Value error, Invalid RRule string "RDATE:20240101T000000,20240101T000000,20..."\n'
                "Max length is 6500, got 8005"
            ),
        ),
    ],
)
def test_a_schedule_that_means_nothing_is_refused_in_the_references_words(
    fields: dict[str, Any], where: str, message: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        timing(**fields)
    assert (where, message) in [(one["loc"][-1], one["msg"]) for one in refused.value.errors()]


@pytest.mark.parametrize("frequency", ["SECONDLY", "DAILY"])
def test_an_interval_that_nothing_can_count_with_is_refused(frequency: str) -> None:
    rule = f"FREQ={frequency};INTERVAL={2**31 - 1}"
    assert rule in timing(rrule=rule).model_dump_json()
    with pytest.raises(ValidationError, match="INTERVAL is at most 2147483647"):
        timing(rrule=f"FREQ={frequency};INTERVAL={2**31}")


def test_a_zone_of_an_rrule_is_looked_for_in_the_names_of_all() -> None:
    with pytest.raises(ValidationError, match=r"should match pattern 'Africa/Abidjan\|"):
        timing(rrule="FREQ=DAILY", timezone="Nope/Nope")


@pytest.mark.parametrize(
    ("fields", "rrule"),
    [
        ({"rrule": "FREQ=DAILY"}, "DTSTART:20200101T000000\nFREQ=DAILY"),
        ({"rrule": "FREQ=MINUTELY"}, "DTSTART:20261129T193400\nFREQ=MINUTELY"),
        (
            {"rrule": "FREQ=SECONDLY;INTERVAL=7", "timezone": "Asia/Tokyo"},
            "DTSTART:20261130T043436\nFREQ=SECONDLY;INTERVAL=7",
        ),
        (
            {"rrule": "DTSTART:20240101T000000Z\nFREQ=HOURLY"},
            "DTSTART:20240101T000000Z\nFREQ=HOURLY",
        ),
        (
            {"rrule": "FREQ=MINUTELY;COUNT=9"},
            "DTSTART:20200101T000000\nFREQ=MINUTELY;COUNT=9",
        ),
    ],
)
def test_a_rule_without_a_start_gets_the_references(fields: dict[str, Any], rrule: str) -> None:
    assert timing(**fields).anchored(NOW).model_dump()["rrule"] == rrule


def test_a_stored_schedule_is_not_checked_again() -> None:
    stored = TIMINGS.validate_json('{"cron": "x", "timezone": "Nowhere/X"}')
    assert stored.timezone == "Nowhere/X"
    assert times(stored, NOW) == []
