"""Deployments, their schedules, and what their runs are started with."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from pydantic import ValidationError

from runledger.domain.deployments.deployments import Deployment, is_waiting
from runledger.domain.deployments.schedules import (
    EPOCH,
    CronSchedule,
    IntervalSchedule,
    RRuleSchedule,
    Schedule,
)
from runledger.domain.errors import Conflict, Mismatch
from tests.transitions.building import NOW, flow_run, state

DAY = timedelta(days=1)
SCHEMA = {"properties": {"p": {"type": "integer"}}, "required": ["p"]}


def deployment(**fields: Any) -> Deployment:
    ids: dict[str, Any] = {"id": UUID(int=1), "flow_id": UUID(int=2)}
    return Deployment(created=NOW, updated=NOW, name="nightly", **ids, **fields)


def schedule(**fields: Any) -> Schedule:
    ids: dict[str, Any] = {"id": UUID(int=3), "deployment_id": UUID(int=1)}
    timing = IntervalSchedule(interval=DAY)
    return Schedule(created=NOW, updated=NOW, schedule=timing, **ids, **fields)


@pytest.mark.parametrize(
    ("paused", "active", "expected"),
    [(False, [False, True], [True]), (True, [True], []), (False, [False], [])],
)
def test_active_schedules_start_runs_unless_the_deployment_is_paused(
    *, paused: bool, active: list[bool], expected: list[bool]
) -> None:
    schedules = tuple(schedule(active=one) for one in active)
    found = deployment(paused=paused, schedules=schedules).active_schedules()
    assert [one.active for one in found] == expected


def test_schedules_have_slugs_of_their_own() -> None:
    deployment(schedules=(schedule(), schedule(), schedule(slug="a"))).check_schedules()
    with pytest.raises(Conflict):
        deployment(schedules=(schedule(slug="a"), schedule(slug="a"))).check_schedules()


def test_a_run_has_the_labels_of_its_deployment_and_its_own() -> None:
    labels = deployment(labels={"a": 1, "b": 1}).labels_of_runs({"b": 2})
    ids = {"prefect.flow.id": str(UUID(int=2)), "prefect.deployment.id": str(UUID(int=1))}
    assert labels == {"a": 1, "b": 2, **ids}


def test_a_run_knows_its_deployment_by_the_fields_that_it_has_from_it() -> None:
    assert deployment(version="v1", work_queue_name="fast").fields_of_runs() == {
        "flow_id": UUID(int=2),
        "deployment_id": UUID(int=1),
        "deployment_version": "v1",
        "work_queue_name": "fast",
    }


def test_the_parameters_of_a_run_replace_those_of_its_deployment() -> None:
    made = deployment(parameters={"p": 1, "q": 2}, parameter_openapi_schema=SCHEMA)
    assert made.parameters_of_run({"p": 3}, {}, enforced=None) == {"p": 3, "q": 2}


@pytest.mark.parametrize("enforced", [None, True])
def test_parameters_of_a_run_that_break_the_schema_are_a_mismatch(*, enforced: bool | None) -> None:
    made = deployment(parameter_openapi_schema=SCHEMA)
    with pytest.raises(Mismatch, match=r"Error creating flow run: .* 'p' is a required property"):
        made.parameters_of_run({}, {}, enforced=enforced)
    assert made.parameters_of_run({}, {}, enforced=False) == {}


def test_a_deployment_may_lack_parameters_but_not_break_its_schema() -> None:
    deployment(parameter_openapi_schema=SCHEMA).check_parameters()
    broken = deployment(parameters={"p": "x"}, parameter_openapi_schema=SCHEMA)
    with pytest.raises(Mismatch, match=r"Error updating deployment: .*'x' is not of type"):
        broken.check_parameters()
    broken.replace(enforce_parameter_schema=False).check_parameters()


def test_a_schema_that_is_to_be_enforced_must_be_there() -> None:
    with pytest.raises(Mismatch, match="does not have a valid parameter schema"):
        deployment(parameter_openapi_schema=None).check_parameters()


@pytest.mark.parametrize(
    ("kind", "name", "count", "expected"),
    [
        ("SCHEDULED", "Scheduled", 0, True),
        ("SCHEDULED", "AwaitingConcurrencySlot", 0, False),
        ("SCHEDULED", "AwaitingRetry", 1, False),
        ("PENDING", "Pending", 0, False),
    ],
)
def test_a_run_that_was_never_begun_waits(
    *, kind: str, name: str, count: int, expected: bool
) -> None:
    assert is_waiting(flow_run(state(kind, name), run_count=count)) is expected


@pytest.mark.parametrize("seconds", [0, -1])
def test_an_interval_is_positive(seconds: int) -> None:
    with pytest.raises(ValidationError, match="interval must be positive"):
        IntervalSchedule(interval=timedelta(seconds=seconds))


@pytest.mark.parametrize("kind", [IntervalSchedule, CronSchedule])
def test_a_time_zone_is_one_of_the_database(kind: type[IntervalSchedule | CronSchedule]) -> None:
    timing: dict[str, Any] = {"interval": DAY} if kind is IntervalSchedule else {"cron": "@daily"}
    assert kind(**timing, timezone="Etc/GMT+1").timezone == "Etc/GMT+1"
    with pytest.raises(ValidationError, match='Invalid timezone: "no zone"'):
        kind.model_validate(timing | {"timezone": "no zone"}, context={"now": NOW})


def test_an_interval_counts_from_now_in_utc_unless_something_else_was_sent() -> None:
    anchored = IntervalSchedule(interval=DAY).anchored(NOW)
    assert (anchored.anchor_date, anchored.timezone) == (NOW, "UTC")
    own = IntervalSchedule(interval=DAY, anchor_date=EPOCH, timezone="Europe/Berlin")
    assert own.anchored(NOW) == own


@pytest.mark.parametrize(
    "timing",
    [CronSchedule(cron="* * * * *"), RRuleSchedule(rrule="DTSTART:20260101T000000\nFREQ=DAILY")],
)
def test_other_timings_need_no_anchor(timing: CronSchedule | RRuleSchedule) -> None:
    assert timing.anchored(datetime(2030, 1, 1, tzinfo=UTC)) == timing


def test_a_null_is_as_if_it_had_not_been_sent() -> None:
    sent = RRuleSchedule(rrule="FREQ=DAILY", timezone=None)
    assert sent.without_nulls() == RRuleSchedule(rrule="FREQ=DAILY")
    assert sent.without_nulls().timezone == "UTC"
