"""Which runs the schedules of a deployment have next: docs/contract/schedules.md 3."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.run_schedule import (
    ENDED,
    Bounds,
    ComingRun,
    RunPlan,
    late_at,
    next_times,
    plan,
    wanted_between,
)
from runledger.domain.deployments.schedules import (
    AnyTiming,
    CronSchedule,
    IntervalSchedule,
    RRuleSchedule,
    Schedule,
)

NOW = datetime(2026, 11, 22, 12, 5, tzinfo=UTC)
NOON = NOW.replace(minute=0)
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
A, B = UUID(int=10), UUID(int=11)


def every(interval: timedelta, zone: str = "UTC", anchor: datetime = NOON) -> IntervalSchedule:
    return IntervalSchedule(interval=interval, anchor_date=anchor, timezone=zone)


def schedule(timing: AnyTiming, id_: UUID = A, **fields: Any) -> Schedule:
    ids = {"id": id_, "deployment_id": UUID(int=1)}
    return Schedule.model_validate(
        {"created": NOW, "updated": NOW, "schedule": timing, **ids, **fields}
    )


def deployment(*schedules: Schedule, paused: bool = False) -> Deployment:
    return Deployment(
        id=UUID(int=1),
        created=NOW,
        updated=NOW,
        name="nightly",
        flow_id=UUID(int=2),
        schedules=schedules,
        paused=paused,
    )


def test_a_schedule_has_runs_until_there_are_three_and_the_last_is_an_hour_ahead() -> None:
    often, daily = next_times(every(20 * MINUTE), NOON), next_times(every(DAY), NOW)
    assert often.times == tuple(NOON + minutes * MINUTE for minutes in (0, 20, 40, 60))
    assert daily.times == (NOON + DAY, NOON + 2 * DAY, NOON + 3 * DAY)


def test_a_schedule_has_at_most_a_hundred_runs() -> None:
    assert next_times(every(SECOND), NOW).times == tuple(NOW + n * SECOND for n in range(100))


@pytest.mark.parametrize(
    ("timing", "look_again"),
    [
        (every(20 * MINUTE), NOON + 20 * MINUTE),  # the last is an hour ahead
        (CronSchedule(cron="6 * * * *"), NOW + MINUTE + 15 * SECOND),  # the first of three is late
        (every(DAY), NOON + DAY + 15 * SECOND),
    ],
)
def test_a_schedule_is_looked_at_when_it_has_too_few_runs(
    timing: AnyTiming, look_again: datetime
) -> None:
    assert next_times(timing, NOW).look_again == look_again


def test_a_schedule_has_runs_a_hundred_days_ahead() -> None:
    assert next_times(every(50 * DAY), NOON).times == (NOON, NOON + 50 * DAY, NOON + 100 * DAY)


def test_a_time_more_than_a_hundred_days_ahead_gets_its_run_when_it_is_nearer() -> None:
    times, look_again = next_times(CronSchedule(cron="0 0 1 3 *"), NOW)
    assert times == (datetime(2027, 3, 1, tzinfo=UTC),)
    assert look_again == datetime(2028, 3, 1, tzinfo=UTC) - 100 * DAY


@pytest.mark.parametrize(
    ("rule", "min_runs", "times"),
    [
        ("DTSTART:20261123T000000\nRRULE:FREQ=DAILY;COUNT=2", 3, (23, 24)),
        ("DTSTART:20261101T000000\nRRULE:FREQ=DAILY;COUNT=2", 3, ()),
        ("DTSTART:20261101T000000\nRRULE:FREQ=DAILY;COUNT=2", 0, ()),
    ],
)
def test_a_schedule_that_ends_is_not_looked_at_again(
    rule: str, min_runs: int, times: tuple[int, ...]
) -> None:
    found = next_times(RRuleSchedule(rrule=rule), NOW, Bounds(min_runs=min_runs))
    assert found == (tuple(datetime(2026, 11, day, tzinfo=UTC) for day in times), None)


def test_at_least_one_run_is_created_whatever_a_request_wants() -> None:
    bounds = Bounds(min_runs=0, max_runs=0, min_time=timedelta(0))
    assert next_times(every(DAY), NOW, bounds).times == (NOON + DAY,)


def test_runs_that_were_created_before_are_not_created_again() -> None:
    seen = deployment(schedule(every(DAY)), schedule(every(DAY, anchor=NOW), B))
    missing, look_again, ended = plan(seen, {str(A): NOON + 2 * DAY}, NOW)
    assert [(one.schedule.id, one.time) for one in missing] == [
        (B, NOW),
        (B, NOW + DAY),
        (B, NOW + 2 * DAY),
        (A, NOON + 3 * DAY),
    ]
    assert (look_again, ended) == (NOW + 15 * SECOND, {})


def test_a_schedule_that_has_ended_is_followed_no_more() -> None:
    over = RRuleSchedule(rrule="DTSTART:20261101T000000\nRRULE:FREQ=DAILY;COUNT=2")
    found = plan(deployment(schedule(over)), {str(A): NOON}, NOW)
    assert found == RunPlan((), None, {str(A): ENDED})
    # Whatever it would have.
    assert plan(deployment(schedule(every(DAY))), found.ended, NOW) == RunPlan((), None)


def test_runs_are_in_the_order_of_time_whatever_the_clock_shows() -> None:
    start = datetime(2026, 10, 25, 0, 15, tzinfo=UTC)  # 45 minutes before Berlin's clock goes back
    runs = plan(deployment(schedule(every(45 * MINUTE, "Europe/Berlin", start))), {}, start).runs
    assert [str(one.time) for one in runs] == [
        "2026-10-25 02:15:00+02:00",
        "2026-10-25 02:00:00+01:00",
        "2026-10-25 02:45:00+01:00",
    ]


@pytest.mark.parametrize(
    "idle",
    [
        deployment(),
        deployment(schedule(every(DAY)), paused=True),
        deployment(schedule(every(DAY), active=False)),
    ],
)
def test_a_deployment_without_active_schedules_has_no_coming_runs(idle: Deployment) -> None:
    assert plan(idle, {}, NOW) == RunPlan((), None)


def test_a_request_gets_the_runs_of_active_schedules_although_the_deployment_is_paused() -> None:
    schedules = schedule(every(DAY)), schedule(every(HOUR), B, active=False)
    bounds = Bounds(min_runs=1, min_time=timedelta(0))
    wanted = wanted_between(deployment(*schedules, paused=True), NOW + 9 * DAY, bounds)
    assert wanted == (ComingRun(NOON + 10 * DAY, schedules[0]),)


def test_a_run_is_known_by_its_deployment_its_schedule_and_its_time_in_the_zone() -> None:
    nightly = schedule(CronSchedule(cron="0 3 * * *", timezone="Asia/Tokyo"))
    run, *_ = plan(deployment(nightly), {}, NOW).runs
    ids = "00000000-0000-0000-0000-000000000001 00000000-0000-0000-0000-00000000000a"
    assert run.idempotency_key == f"scheduled {ids} 2026-11-23 03:00:00+09:00"


@pytest.mark.parametrize(("slug", "shown"), [("early", "early"), (None, "IntervalSchedule")])
def test_a_run_says_which_schedule_created_it(slug: str | None, shown: str) -> None:
    run = ComingRun(NOW, schedule(every(DAY), slug=slug))
    assert run.created_by() == {"id": str(A), "type": "SCHEDULE", "display_value": shown}


def test_a_coming_run_is_late_15_s_after_its_time() -> None:
    late = late_at(
        ComingRun(datetime.fromisoformat("2026-11-23T03:00:00+09:00"), schedule(every(DAY)))
    )
    assert str(late) == "2026-11-22 18:00:15+00:00"
