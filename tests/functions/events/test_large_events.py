"""Events of any size are recorded."""

import json
import logging
from datetime import UTC, datetime

import httpx
import pytest

from local.websocket_api.client import Connector
from tests.functions.conventions.large import KB, each_size, read, text
from tests.functions.websocket.test_events_in import connect, send
from tests.reporting.building import FLOW_RUN_ID, JSON, RUN_ID, body
from tests.store.support.asking import Asked, ask


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    """One engine tells what is too large as well as two."""
    return api_on_dynoxide


@pytest.fixture
def sockets(sockets_on_dynoxide: Connector) -> Connector:
    return sockets_on_dynoxide


@each_size
@pytest.mark.parametrize("way", ["socket", "post"])
def test_the_state_of_an_event_of_any_size_is_recorded(
    api: httpx.Client, sockets: Connector, way: str, size: int
) -> None:
    said, inputs = text(size // 2), {"xs": [{"input_type": "parameter", "name": text(size // 2)}]}
    failed = body(2, "FAILED", state={"message": said}, run={"task_inputs": inputs})
    failed["occurred"] = datetime.now(UTC).isoformat()
    _report(api, sockets, way, body(1), failed)
    run = read(api, f"/task_runs/{RUN_ID}")
    assert (run["state_type"], run["state"]["message"]) == ("FAILED", said)
    assert run["task_inputs"] == inputs
    events = ask(api, Asked("POST", "/events/filter", {})).json()["events"]
    assert failed["payload"] in [event["payload"] for event in events]


@pytest.mark.parametrize("upstream", [6_000, 20_000])
def test_a_task_run_of_thousands_of_upstream_runs_is_recorded(
    api: httpx.Client, sockets: Connector, upstream: int
) -> None:
    ids = [f"00000000-0000-0000-0000-{number:012}" for number in range(upstream)]
    inputs = {"numbers": [{"input_type": "task_run", "id": one} for one in ids]}
    _report(api, sockets, "socket", body(1, "PENDING", run={"task_inputs": inputs}))
    assert read(api, f"/task_runs/{RUN_ID}")["task_inputs"] == inputs


def test_a_message_of_as_many_characters_as_clients_send_is_recorded(
    api: httpx.Client, sockets: Connector
) -> None:
    """Clients cut messages at 100,000 characters, of which each may have four bytes."""
    _report(
        api,
        sockets,
        "socket",
        body(1),
        body(2, "FAILED", state={"message": "\U0001f525" * 100_000}),
    )
    assert read(api, f"/task_runs/{RUN_ID}")["state"]["message"] == "\U0001f525" * 100_000


@pytest.mark.parametrize(
    ("where", "long"),
    [
        ("run", {"name": "数" * 300 * KB}),
        ("run", {"tags": ["数" * 300 * KB, "short"]}),
        ("run", {"tags": [f"{number:010}" * 10 for number in range(5 * KB)]}),
        ("state", {"name": "n" * 300 * KB}),
    ],
)
def test_what_of_a_report_no_index_takes_is_shortened_and_said_so(
    api: httpx.Client,
    sockets: Connector,
    caplog: pytest.LogCaptureFixture,
    *,
    where: str,
    long: JSON,
) -> None:
    said: JSON = {"message": "m"} | (long if where == "state" else {})
    last = body(2, "FAILED", state=said, run=long if where == "run" else {})
    _report(api, sockets, "post", body(1, "RUNNING"), last)
    run = read(api, f"/task_runs/{RUN_ID}")
    assert run["state_type"] == "FAILED"
    assert run["state"]["message"].startswith("m\nThe name and the tags of this task run were too")
    ((name, given),) = long.items()
    shown = run["state"][name] if where == "state" else run[name]
    assert len(json.dumps(shown)) < len(json.dumps(given))
    warned = [record for record in caplog.records if record.levelno == logging.WARNING]
    assert [record.getMessage() for record in warned] == ["a report of a task run was shortened"]


def _report(api: httpx.Client, sockets: Connector, way: str, *events: JSON) -> None:
    if way == "post":
        api.post("/events", json=list(events)).raise_for_status()
        return
    socket = connect(sockets)
    send(socket, *events)
    assert socket.closed is None


def test_an_event_of_a_run_in_a_flow_run_is_recorded_whole(
    api: httpx.Client, sockets: Connector
) -> None:
    large = body(1, flow_run_id=FLOW_RUN_ID, state={"data": {"x": text(420 * KB)}})
    _report(api, sockets, "socket", large, large)
    assert read(api, f"/task_runs/{RUN_ID}")["state"]["data"] == {"x": text(420 * KB)}
    assert len(read(api, f"/task_run_states/?task_run_id={RUN_ID}")) == 1
