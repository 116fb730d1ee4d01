"""Costs of a tick: it reads timers that are due, and of those schedules that have more times."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.schedules import (
    AnyTiming,
    IntervalSchedule,
    RRuleSchedule,
    ScheduleRequest,
)
from runledger.domain.runs.flows import Flow
from runledger.service import timers
from runledger.service.deployments import coming_runs, deployment_schedules, deployments, flows
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.domain.deployments.days import count_days
from tests.store.support.calls import heard
from tests.support.databases import DynamoDB
from tests.support.job_variables import job_variable_checks

NOW = datetime(2026, 11, 30, 5, tzinfo=UTC)
LATER = Deadline(datetime.max.replace(tzinfo=UTC), lambda: NOW)
OFTEN = IntervalSchedule(interval=timedelta(minutes=20), anchor_date=NOW, timezone="UTC")
NEVER, DAILY = (
    RRuleSchedule(rrule=f"DTSTART:20260101T000000\nRRULE:FREQ=DAILY{only}")
    for only in (";BYMONTH=2;BYMONTHDAY=30", "")
)


@pytest.fixture
def store(on_dynoxide: DynamoDB) -> Store:
    return Store(Table(on_dynoxide.client, on_dynoxide.table), shards=1)


def request(timing: AnyTiming) -> ScheduleRequest:
    fields: dict[str, Any] = dict.fromkeys(ScheduleRequest.model_fields)
    known: dict[str, Any] = {"schedule": timing, "active": True, "parameters": {}}
    return ScheduleRequest.model_construct(**fields | known)


def deployed(store: Store, *timings: AnyTiming) -> Deployment:
    flow = Flow(id=uuid4(), created=NOW, updated=NOW, name=f"{uuid4()}")
    flows.create(store, flow)
    saved = deployments.save(
        store,
        Deployment(id=uuid4(), created=NOW, updated=NOW, name="d", flow_id=flow.id),
        list(map(request, timings)),
        sent=frozenset(),
        limits={},
        checks=job_variable_checks(store),
    ).deployment
    coming_runs.refresh(store, saved.id, LATER, now=NOW)
    return saved


def test_schedules_whose_runs_are_there_cost_a_tick_one_query(store: Store) -> None:
    for _ in range(10):
        deployed(store, OFTEN)
    with heard(store.table.client) as calls:
        assert timers.tick(store, LATER, now=NOW) == 0
    assert [name for name, _ in calls] == ["Query"]


def test_a_schedule_without_times_is_followed_once_until_it_changes(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    days = count_days(monkeypatch)
    saved = deployed(store, OFTEN, NEVER)
    assert days
    days.clear()
    for hours in range(1, 4):
        assert timers.tick(store, LATER, now=NOW + timedelta(hours=hours))
    assert days == []
    changed = request(DAILY)
    deployment_schedules.update(store, saved.id, saved.schedules[1].id, changed, now=NOW)
    coming_runs.refresh(store, saved.id, LATER, now=NOW)
    assert days
