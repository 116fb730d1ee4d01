"""Functions whose clocks differ by ten seconds: five ahead, right, or five behind."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from itertools import cycle, pairwise
from typing import Any

import httpx
import pytest

from local.functions import Functions
from local.rest_api.events import Event
from local.websocket_api.client import Connector
from runledger import wiring
from runledger.domain.errors import Locked
from runledger.domain.runs.timers import LATE_AFTER
from runledger.service.concurrency import slots
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.faults.clocks import MovedClock, moved_clock
from tests.faults.invariants import assert_all_hold
from tests.faults.leaving import DAY, RETENTION_DAYS, LeavingRuns
from tests.store.support.contents import scan
from tests.store.support.counting import assert_counted
from tests.store.support.limits import LEASE, NAMES, NOW, limit, taken
from tests.support.background import delay, subscribe
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

# No two that follow each other agree.
SKEWS = [timedelta(seconds=seconds) for seconds in (5, -5, 0, -5, 5, 0)]
AHEAD, BEHIND = SKEWS[:2]
# A client renews a lease of a minute when three quarters of it have passed.
RENEWAL = timedelta(seconds=45)
# By then it is over for everybody.
OVER = LEASE + AHEAD - BEHIND
STATES = ("PENDING", "RUNNING", "COMPLETED")


@pytest.fixture
def skewed(monkeypatch: pytest.MonkeyPatch) -> Iterator[MovedClock]:
    """Each call of a function sees another clock."""
    skews, call = cycle(SKEWS), Functions.call

    def skewed_call(functions: Functions, operation: str, event: Event) -> Any:  # noqa: ANN401 as it is
        clock.skew = next(skews)
        return call(functions, operation, event)

    with moved_clock() as clock:
        monkeypatch.setattr(Functions, "call", skewed_call)
        yield clock


def ask(api: httpx.Client, method: str, path: str, **body: object) -> Any:  # noqa: ANN401 JSON
    answer = api.request(method, path, json=body or None).raise_for_status()
    return answer.json() if answer.content else None


def propose(api: httpx.Client, path: str, state: str) -> None:
    assert ask(api, "POST", f"{path}/set_state", state={"type": state})["status"] == "ACCEPT"


def assert_in_order(api: httpx.Client, kind: str, run_id: str) -> None:
    found = ask(api, "GET", f"/{kind}_runs/{run_id}")
    assert (found["state_type"], found["run_count"]) == ("COMPLETED", 1)
    assert found["end_time"] >= found["start_time"]
    assert found["total_run_time"] >= 0
    states = ask(api, "GET", f"/{kind}_run_states/?{kind}_run_id={run_id}")
    assert [state["type"] for state in states] == list(STATES)


@pytest.mark.usefixtures("skewed")
def test_states_keep_the_order_in_which_they_were_accepted(
    api_on_dynoxide: httpx.Client,
    on_dynoxide: DynamoDB,
    stream_on_dynoxide: Streaming,
) -> None:
    api = api_on_dynoxide
    flow = ask(api, "POST", "/flows/", name="flow")["id"]
    for number in range(4):
        flow_run = ask(api, "POST", "/flow_runs/", flow_id=flow)["id"]
        propose(api, f"/flow_runs/{flow_run}", "RUNNING")
        key = {"task_key": "t", "dynamic_key": str(number), "state": {"type": "PENDING"}}
        task_run = ask(api, "POST", "/task_runs/", flow_run_id=flow_run, **key)["id"]
        for state in STATES[1:]:
            propose(api, f"/task_runs/{task_run}", state)
        propose(api, f"/flow_runs/{flow_run}", "COMPLETED")
        assert_in_order(api, "task", task_run)
        assert_in_order(api, "flow", flow_run)
    stream_on_dynoxide.pump()
    assert_counted(on_dynoxide)


@pytest.mark.parametrize("renewing", [BEHIND, AHEAD], ids=str)
@pytest.mark.parametrize("taking", [BEHIND, AHEAD], ids=str)
def test_a_lease_is_its_holders_until_it_is_renewed(
    on_dynoxide: DynamoDB, taking: timedelta, renewing: timedelta
) -> None:
    store = Store(Table(on_dynoxide.client, on_dynoxide.table), shards=1)
    limit(store, NAMES[0], limit=1)
    lease_id = taken(store, names=NAMES[:1], now=NOW + taking)
    then = NOW + RENEWAL + renewing
    with pytest.raises(Locked):
        taken(store, names=NAMES[:1], now=then)
    slots.renew(store, lease_id, LEASE.total_seconds(), now=then)
    with pytest.raises(Locked):
        taken(store, names=NAMES[:1], now=NOW + LEASE)
    assert taken(store, names=NAMES[:1], now=then + OVER) != lease_id


@pytest.mark.usefixtures("skewed")
def test_a_worker_keeps_its_runs_while_it_is_there(
    sockets_on_dynoxide: Connector, api_on_dynoxide: httpx.Client, stream_on_dynoxide: Streaming
) -> None:
    waiting = {delay(api_on_dynoxide) for _ in range(4)}
    stream_on_dynoxide.pump()
    worker, other = (
        subscribe(sockets_on_dynoxide, client_id=host) for host in ("host-1", "host-2")
    )
    stream_on_dynoxide.pump()
    taken_up = [*worker.drain(), *other.drain(), *worker.drain()]
    stream_on_dynoxide.run_schedule("sweep_task_workers")
    stream_on_dynoxide.pump()
    assert sorted(taken_up) == sorted(waiting)
    assert worker.ids() + other.ids() == []


@pytest.fixture
def _one_day(monkeypatch: pytest.MonkeyPatch) -> None:
    """Finished runs leave after a day."""
    monkeypatch.setenv("RUN_RETENTION_DAYS", RETENTION_DAYS)
    wiring.reset()


@pytest.fixture
def leaving_runs(
    api_on_dynoxide: httpx.Client,
    on_dynoxide: DynamoDB,
    stream_on_dynoxide: Streaming,
    skewed: MovedClock,
) -> LeavingRuns:
    return LeavingRuns(api_on_dynoxide, on_dynoxide, stream_on_dynoxide, skewed)


@pytest.mark.usefixtures("api_on_dynoxide", "_one_day")
def test_finished_runs_leave_after_their_time_whoever_looks(
    on_dynoxide: DynamoDB, leaving_runs: LeavingRuns
) -> None:
    leaving_runs.use()
    assert list(leaving_runs.missing()) == []
    assert_all_hold(on_dynoxide)


@pytest.mark.usefixtures("api_on_dynoxide", "_one_day")
def test_a_run_does_not_leave_seconds_before_its_time(
    on_dynoxide: DynamoDB, leaving_runs: LeavingRuns, skewed: MovedClock
) -> None:
    time = skewed.right() + DAY
    run = leaving_runs.ended()
    skewed.passed += DAY
    for _ in range(40):
        skewed.passed += timedelta(seconds=1)
        leaving_runs.expire()
        if run not in scan(on_dynoxide):
            break
    assert run not in scan(on_dynoxide)
    assert skewed.right() >= time - timedelta(seconds=10)


def test_each_occurrence_has_one_run_which_is_late_after_its_time(
    api_on_dynoxide: httpx.Client,
    on_dynoxide: DynamoDB,
    stream_on_dynoxide: Streaming,
    skewed: MovedClock,
) -> None:
    api = api_on_dynoxide
    flow = ask(api, "POST", "/flows/", name="flow")["id"]
    made = {"name": "d", "flow_id": flow, "schedules": [{"schedule": {"interval": 20}}]}
    deployment = ask(api, "POST", "/deployments/", **made)["id"]
    for _ in range(20):
        stream_on_dynoxide.run_schedule("run_services")
        stream_on_dynoxide.pump()
        runs = scheduled(api, deployment)
        times = [time for time, _ in runs]
        assert {later - time for time, later in pairwise(times)} == {timedelta(seconds=20)}
        assert times[-1] > skewed.right()
        late = [time for time, name in runs if name == "Late"]
        assert all(time + LATE_AFTER < skewed.right() + AHEAD for time in late)
        skewed.passed += timedelta(seconds=37)
    assert len(late) > 20
    assert_all_hold(on_dynoxide)


def scheduled(api: httpx.Client, deployment: str) -> list[tuple[datetime, str]]:
    """Return the times of a deployment's runs and the names of their states, in order."""
    of_deployment = {
        "deployments": {"id": {"any_": [deployment]}},
        "sort": "EXPECTED_START_TIME_ASC",
    }
    runs = ask(api, "POST", "/flow_runs/filter", **of_deployment)
    return [(datetime.fromisoformat(run["expected_start_time"]), run["state_name"]) for run in runs]
