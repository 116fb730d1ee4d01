"""Lines of the console about the functions at work, and `GET /api/metrics`."""

import json
import re
import threading
import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from local.activity import MAX_WAITING, TRANSITION, Activity, Minute
from local.functions import Functions
from local.rest_api.events import HttpRequest
from local.rest_api.gateway import Gateway, HttpResponse
from local.rest_api.metrics import Metrics
from runledger import wiring
from tests.support.databases import TEMPLATE
from tests.support.streaming import Streaming
from tests.support.waiting import wait_until

Ask = Callable[..., Any]


class WatchedSite:
    """The functions behind their gateway, as the local server puts them together."""

    def __init__(self) -> None:
        self.said: list[str] = []
        functions = Functions(TEMPLATE)
        gateway = Gateway(TEMPLATE, functions)
        self.metrics = Metrics(gateway.answer, functions, TEMPLATE.stage)
        self.activity = Activity(self.metrics.answer, functions, self.said.append)


@pytest.fixture
def site(api: httpx.Client) -> WatchedSite:  # noqa: ARG001 sets the functions' environment
    return WatchedSite()


def ask(site: WatchedSite, method: str, path: str, **body: Any) -> HttpResponse:
    content = httpx.Request("POST", "http://x", json=body).content if body else b""
    return site.activity.answer(HttpRequest(method, f"/api{path}", body=content))


def ids(response: HttpResponse) -> str:
    found = re.search(rb'"id":"([^"]+)"', response.body)
    assert found, response
    return found[1].decode()


def start(site: WatchedSite, name: str) -> str:
    flow = ids(ask(site, "POST", "/flows/", name="f"))
    run = ids(ask(site, "POST", "/flow_runs/", flow_id=flow, name=name))
    enter(site, run, "RUNNING")
    return run


def enter(site: WatchedSite, run: str, state_type: str) -> None:
    path = f"/flow_runs/{run}/set_state"
    assert ask(site, "POST", path, state={"type": state_type}).status in {200, 201}


def says(site: WatchedSite, *lines: str) -> None:
    wait_until(lambda: len(site.said) >= len(lines))
    for said, expected in zip(site.said, lines, strict=True):
        assert re.fullmatch(expected, said), said


def test_a_flow_run_that_starts_and_ends_is_a_line_each(site: WatchedSite) -> None:
    run = start(site, "wise-otter")
    enter(site, run, "COMPLETED")
    says(
        site,
        'flow run "wise-otter" started',
        r'flow run "wise-otter": Completed after 0\.\d s',
    )


def test_a_run_that_goes_back_says_which_time_it_starts(site: WatchedSite) -> None:
    run = start(site, "wise-otter")
    for state_type in ("SCHEDULED", "PENDING", "RUNNING"):
        enter(site, run, state_type)
    says(site, 'flow run "wise-otter" started', 'flow run "wise-otter" started, run 2')


def test_a_refused_transition_is_no_line(site: WatchedSite) -> None:
    run = start(site, "wise-otter")
    enter(site, run, "COMPLETED")
    wait_until(lambda: len(site.said) == 2)
    enter(site, run, "PENDING")  # rejected, with the state that it has
    ask(site, "POST", f"/flow_runs/{run}/set_state", state={"type": "NONSENSE"})
    start(site, "other")
    wait_until(lambda: len(site.said) >= 3)
    assert site.said[2:] == ['flow run "other" started']


def test_a_minute_is_one_line(site: WatchedSite) -> None:
    ask(site, "GET", "/health")
    ask(site, "GET", "/task_runs/00000000-0000-0000-0000-000000000000")
    site.activity.tell_minute()
    site.activity.tell_minute()
    says(
        site,
        r"in a minute: 2 requests, 0 WebSocket messages, 1 refused, "
        r"the slowest \d+ ms \((health_check|read_task_run)\)",
    )


def test_what_starts_faster_than_it_can_be_told_does_not_wait_without_end() -> None:
    is_slow, said, state = threading.Event(), list[str](), {"type": "RUNNING"}

    def answer(request: HttpRequest) -> HttpResponse:
        if request.method == "GET":
            is_slow.wait()
            return HttpResponse(200, body=b'{"name": "r"}')
        body = json.dumps({"status": "ACCEPT", "state": state}).encode()
        return HttpResponse(201, body=body, operation=TRANSITION)

    activity = Activity(answer, Functions(TEMPLATE), said.append)
    for _ in range(MAX_WAITING + 5):
        activity.answer(HttpRequest("POST", "/api/flow_runs/r/set_state"))
    activity.tell_minute()
    assert ", 5 starts and ends not shown" in said[0]
    is_slow.set()
    wait_until(lambda: len(said) == 1 + MAX_WAITING)
    activity.answer(HttpRequest("POST", "/api/flow_runs/r/set_state"))
    wait_until(lambda: len(said) == 2 + MAX_WAITING)
    assert {*said[1:]} == {'flow run "r" started'}


def test_a_minute_tells_failures() -> None:
    minute = Minute().with_answer(HttpResponse(503, operation="a"), 2.0)
    minute = minute.with_answer(HttpResponse(200, operation="b"), 0.5)
    assert str(minute) == (
        "in a minute: 2 requests, 0 WebSocket messages, 1 failed, the slowest 2000 ms (a)"
    )


def metrics(site: WatchedSite) -> dict[str, float]:
    response = ask(site, "GET", "/metrics")
    assert response.status == 200
    assert dict(response.headers)["Content-Type"].startswith("text/plain; version=0.0.4")
    lines = [line for line in response.body.decode().splitlines() if not line.startswith("#")]
    pairs = [line.rsplit(" ", 1) for line in lines]
    return {name: float(value) for name, value in pairs}


def test_metrics_count_requests_calls_and_runs(site: WatchedSite, stream: Streaming) -> None:
    start(site, "a")
    stream.pump()
    ask(site, "GET", "/task_runs/00000000-0000-0000-0000-000000000000")
    found = metrics(site)
    duration = "runledger_request_duration_seconds"
    assert found[f'{duration}_count{{operation="create_flow_run",status="201"}}'] == 1
    assert found[f'{duration}_count{{operation="read_task_run",status="404"}}'] == 1
    assert found['runledger_function_calls_total{operation="create_flow"}'] == 1
    assert found['runledger_flow_runs{state_type="RUNNING"}'] == 1
    assert found['runledger_flow_runs{state_type="FAILED"}'] == 0
    assert found['runledger_task_runs{state_type="RUNNING"}'] == 0
    assert found["runledger_oldest_waiting_task_run_seconds"] == 0


def test_metrics_tell_how_long_the_oldest_run_waits(site: WatchedSite) -> None:
    due = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() - 600))
    state = {"type": "SCHEDULED", "state_details": {"scheduled_time": due}}
    ask(site, "POST", "/task_runs/", task_key="t", dynamic_key="0", flow_run_id=None, state=state)
    assert 600 <= metrics(site)["runledger_oldest_waiting_task_run_seconds"] < 660


def test_who_may_not_read_gets_no_metrics(
    site: WatchedSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", "0" * 64)
    wiring.reset()
    refused = ask(site, "GET", "/metrics")
    assert refused.status == 401
    assert b"runledger_" not in refused.body
