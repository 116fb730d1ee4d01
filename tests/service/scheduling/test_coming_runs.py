"""Runs of schedules, whatever is done with the deployment and wherever a call is cut off."""

from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runledger import ids
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.run_schedule import plan
from runledger.domain.deployments.schedules import (
    AnyTiming,
    CronSchedule,
    IntervalSchedule,
    ScheduleRequest,
)
from runledger.domain.errors import NotFound, RunledgerError
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateType
from runledger.domain.runs.timers import is_coming
from runledger.parallel import map_all
from runledger.service import timers
from runledger.service.deployments import (
    coming_runs,
    deployment_deletion,
    deployment_schedules,
    deployments,
    flows,
)
from runledger.service.runs import flow_runs
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.dynamodb.calls import Deadline
from runledger.store.dynamodb.table import Table
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.store import Store
from tests.store.support.calls import FAULTS, broken, heard
from tests.support.databases import DynamoDB, Engine, new_table
from tests.support.job_variables import job_variable_checks

pytestmark = pytest.mark.usefixtures("_no_pauses")

START = datetime(2026, 3, 28, 22, 30, tzinfo=UTC)  # before a change of the clock in Europe
NEVER = 10**6
LATER = Deadline(datetime.max.replace(tzinfo=UTC), lambda: START)
TIMINGS: list[AnyTiming] = [
    IntervalSchedule(interval=timedelta(minutes=20), anchor_date=START, timezone="UTC"),
    CronSchedule(cron="30 * * * *", timezone="Europe/Berlin"),
    IntervalSchedule(interval=timedelta(days=1), anchor_date=START, timezone="Europe/Berlin"),
]


def request(timing: AnyTiming | None = None, **fields: Any) -> ScheduleRequest:
    empty: dict[str, Any] = dict.fromkeys(ScheduleRequest.model_fields)
    return ScheduleRequest.model_construct(
        **empty | {"schedule": timing, "parameters": {}} | fields
    )


class ScheduledDeployment:
    """A deployment with schedules, a clock, and a client that now and then does not get through."""

    def __init__(self, database: DynamoDB) -> None:
        self.client = database.client
        self.store = Store(Table(database.client, database.table), shards=1)
        self.now = START
        self.flow = Flow(id=uuid4(), created=START, updated=START, name="etl")
        flows.create(self.store, self.flow)
        self.id = self.save(TIMINGS[:1])

    def save(self, timings: list[AnyTiming], **fields: Any) -> UUID:
        deployment = Deployment(
            id=ids.run_id(),
            created=self.now,
            updated=self.now,
            name="nightly",
            flow_id=self.flow.id,
            **fields,
        )
        requests = [request(timing, active=True) for timing in timings]
        saved = deployments.save(
            self.store,
            deployment,
            requests,
            sent={"updated", "tags"},
            limits={},
            checks=job_variable_checks(self.store),
        )
        self.refresh(saved.deployment.id)
        return saved.deployment.id

    def refresh(self, deployment_id: UUID | None = None) -> None:
        coming_runs.refresh(self.store, deployment_id or self.id, LATER, now=self.now)

    def tick(self) -> int:
        return timers.tick(self.store, LATER, now=self.now)

    def deployment(self) -> Deployment | None:
        seen = DeploymentStore.of(self.store).read(self.id)
        return seen and seen.deployment

    def schedule(self) -> UUID:
        """The id of a schedule, if there is one."""
        deployment = self.deployment()
        if deployment is None or not deployment.schedules:
            raise NotFound("")
        return deployment.schedules[0].id

    def runs(self) -> list[FlowRun]:
        of_deployment = DeploymentStore.of(self.store).flow_runs(self.id)
        seen = map(FlowRunStore.of(self.store).read, of_deployment)
        return [one.run for one in seen if one]

    def add(self) -> None:
        requests = [request(TIMINGS[2], active=True)]
        deployment_schedules.create(self.store, self.id, requests, now=self.now)
        self.refresh()

    def change(self) -> None:
        new = request(TIMINGS[1], parameters={"p": 1})
        deployment_schedules.update(self.store, self.id, self.schedule(), new, now=self.now)
        self.refresh()

    def stop(self) -> None:
        new = request(active=False)
        deployment_schedules.update(self.store, self.id, self.schedule(), new, now=self.now)
        self.refresh()

    def remove(self) -> None:
        deployment_schedules.delete(self.store, self.id, self.schedule(), now=self.now)
        self.refresh()

    def pause(self) -> None:
        deployment_schedules.pause(self.store, self.id, paused=True, now=self.now)
        self.refresh()

    def resume(self) -> None:
        deployment_schedules.pause(self.store, self.id, paused=False, now=self.now)
        self.refresh()

    def deploy_again(self) -> None:
        self.save(TIMINGS[:2], tags=("again",))

    def begin(self) -> None:
        """Begin the run that is due first."""
        coming = sorted(
            filter(is_coming, self.runs()), key=lambda run: str(run.expected_start_time)
        )
        for run in coming[:1]:
            self.begin_one(run)

    def begin_one(self, run: FlowRun) -> None:
        state = State(
            id=ids.state_id(self.now), type=StateType.RUNNING, name="Running", timestamp=self.now
        )
        flow_runs.set_state(self.store, run.id, state, force=True, now=self.now)

    def pass_time(self) -> None:
        self.now += timedelta(minutes=37)

    def pass_much_time(self) -> None:
        self.now += timedelta(days=1, hours=3)

    def check(self) -> None:
        """Check that the coming runs are those that the schedules have now, each once."""
        runs = self.runs()
        keys = Counter(run.idempotency_key for run in runs)
        assert not keys or max(keys.values()) == 1
        coming = {
            run.idempotency_key
            for run in filter(is_coming, runs)
            if run.next_scheduled_start_time and run.next_scheduled_start_time > self.now
        }
        deployment = self.deployment()
        wanted = plan(deployment, {}, self.now).runs if deployment else ()
        begun = {run.idempotency_key for run in runs if not is_coming(run)}
        expected = {one.idempotency_key for one in wanted if one.time > self.now}
        assert coming == expected - begun


STEPS: list[Callable[[ScheduledDeployment], object]] = [
    *(
        ScheduledDeployment.tick,
        ScheduledDeployment.pass_time,
        ScheduledDeployment.pass_much_time,
        ScheduledDeployment.begin,
    ),
    *(
        ScheduledDeployment.add,
        ScheduledDeployment.change,
        ScheduledDeployment.stop,
        ScheduledDeployment.remove,
    ),
    *(ScheduledDeployment.pause, ScheduledDeployment.resume, ScheduledDeployment.deploy_again),
]


@given(
    st.lists(
        st.tuples(
            st.sampled_from(STEPS),
            st.integers(0, 12) | st.just(NEVER),
            st.sampled_from(sorted(FAULTS)),
        ),
        max_size=9,
    )
)
@settings(max_examples=12)
def test_whatever_is_done_and_cut_off_each_time_of_a_schedule_has_one_run_or_none_if_removed(
    dynoxide: Engine, steps: list[tuple[Callable[[ScheduledDeployment], object], int, str]]
) -> None:
    world = ScheduledDeployment(new_table(dynoxide))
    for step, first, fault in steps:
        with broken(world.client, FAULTS[fault], first=first), suppress(RunledgerError):
            step(world)
    world.tick()
    world.check()
    world.pass_time()
    world.tick()
    world.check()


@pytest.fixture
def world(on_dynoxide: DynamoDB) -> ScheduledDeployment:
    return ScheduledDeployment(on_dynoxide)


def test_of_six_ticks_at_once_each_time_gets_one_run(world: ScheduledDeployment) -> None:
    world.pass_much_time()
    map_all(lambda _: world.tick(), range(6))
    world.check()


@pytest.mark.parametrize(
    "change",
    [
        ScheduledDeployment.pause,
        ScheduledDeployment.stop,
        ScheduledDeployment.remove,
        ScheduledDeployment.change,
    ],
)
def test_a_tick_at_the_same_time_creates_nothing_that_a_change_removed(
    world: ScheduledDeployment, change: Callable[[ScheduledDeployment], None]
) -> None:
    for _ in range(2):
        world.deploy_again()
        world.pass_time()
        map_all(lambda act: act(), [world.tick, lambda: change(world), world.tick])
        world.tick()
        world.check()


@pytest.mark.parametrize("first", [0, 1, 2, 4, 8])
def test_nothing_is_left_of_a_deleted_deployment_or_flow(
    world: ScheduledDeployment, first: int
) -> None:
    with broken(world.client, FAULTS["not done"], first=first), suppress(RunledgerError):
        deployment_deletion.delete(world.store, world.id, LATER, now=world.now)
    with suppress(NotFound):
        deployment_deletion.delete(world.store, world.id, LATER, now=world.now)
    deployment_deletion.remove_rest(world.store, world.id, now=world.now)
    world.pass_much_time()
    world.tick()
    assert world.runs() == []
    with heard(world.client) as calls:
        assert world.tick() == 0
    assert [name for name, _ in calls] == ["Query"]


def test_a_tick_without_active_schedules_costs_one_query(world: ScheduledDeployment) -> None:
    world.pause()
    world.pass_much_time()
    world.tick()
    with heard(world.client) as calls:
        assert world.tick() == 0
    assert [name for name, _ in calls] == ["Query"]


def test_a_run_that_is_not_begun_is_late_after_15_seconds(world: ScheduledDeployment) -> None:
    first = min(filter(None, (run.expected_start_time for run in world.runs())))
    world.now = first + timedelta(seconds=14)
    world.tick()
    assert {run.state_name for run in world.runs()} == {"Scheduled"}
    world.now = first + timedelta(seconds=15)
    world.tick()
    late = [run for run in world.runs() if run.state_name == "Late"]
    assert [run.next_scheduled_start_time for run in late] == [first]
    world.pause()
    assert world.runs() == []
