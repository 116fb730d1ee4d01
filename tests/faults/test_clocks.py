"""Functions whose clocks differ by ten seconds: five ahead, right, or five behind."""

from datetime import UTC, datetime, timedelta, tzinfo
from itertools import cycle
from typing import Any

import httpx
import pytest

from local.functions import Functions
from local.rest_api.events import Event
from local.websocket_api.client import Connector
from runledger import wiring
from runledger.adapters import http, stream
from runledger.adapters.websocket import handler
from runledger.domain.errors import Locked
from runledger.service.concurrency import slots
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
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
def _skewed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each call of a function sees another clock."""
    skews, call = cycle(SKEWS), Functions.call
    skew = timedelta(0)

    class SkewedTime(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> datetime:  # type: ignore[override]
            return datetime.now(tz) + skew

    def skewed_call(functions: Functions, operation: str, event: Event) -> Any:  # noqa: ANN401 as it is
        nonlocal skew
        skew = next(skews)
        return call(functions, operation, event)

    for module in (http, stream, handler):
        monkeypatch.setattr(module, "datetime", SkewedTime)
    monkeypatch.setattr(wiring, "now", lambda: SkewedTime.now(UTC))
    monkeypatch.setattr(Functions, "call", skewed_call)


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


@pytest.mark.usefixtures("_skewed")
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


@pytest.mark.usefixtures("_skewed")
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
