"""The WebSocket API as task workers and listeners use it: handed runs, events and log lines."""

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any
from uuid import uuid4

import httpx
from websockets import Subprotocol
from websockets.sync.client import ClientConnection, connect

from tests.rehearsal.deployment import AUTH
from tests.reporting.building import body
from tests.support.background import delay, set_state
from tests.support.waiting import wait_until

AGAIN = 3.0  # seconds
LONGEST = 60.0  # seconds, in which a function starts and what it does arrives
WORKERS, EVENTS_IN = "/task_runs/subscriptions/scheduled", "/events/in"


def hand_out_runs(api: httpx.Client) -> None:
    """Let a worker be handed a run that waits and one that comes, and go with the second."""
    waits = delay(api, "rehearsed")
    with _socket(api, WORKERS) as worker:
        _say(worker, type="subscribe", keys=["rehearsed"], client_id="rehearsal")
        assert _hear(worker)["id"] == waits
        _say(worker, type="ack")
        set_state(api, waits, type="RUNNING")
        comes = delay(api, "rehearsed")
        assert _hear(worker)["id"] == comes
        found = api.post("/task_workers/filter", json={}).raise_for_status().json()
        assert [worker["identifier"] for worker in found] == ["rehearsal"], found
    with _socket(api, WORKERS) as other:
        _say(other, type="subscribe", keys=["rehearsed"], client_id="other")
        assert _hear(other)["id"] == comes
        _say(other, type="ack")


def take_events(api: httpx.Client) -> None:
    """Record a run by its events, and let a listener hear them."""
    run_id = uuid4()

    def send() -> str:
        event = body(kind="PENDING", run_id=run_id, occurred=datetime.now(UTC).isoformat())
        event["id"] = str(uuid4())
        with _socket(api, EVENTS_IN) as reporter:
            reporter.send(json.dumps(event))
        return str(event["id"])

    with _listener(api, "/events/out") as listener:
        _until_heard(listener, send, lambda heard: heard["event"]["id"])
    wait_until(lambda: api.get(f"/task_runs/{run_id}").is_success, LONGEST)


def take_log_lines(api: httpx.Client) -> None:
    """Let a listener hear a line of a log."""

    def send() -> str:
        line = {"name": "n", "level": 20, "message": str(uuid4()), "timestamp": "2030-01-01T00:00Z"}
        api.post("/logs/", json=[line]).raise_for_status()
        return str(line["message"])

    with _listener(api, "/logs/out") as listener:
        _until_heard(listener, send, lambda heard: heard["log"]["message"])


@contextmanager
def _listener(api: httpx.Client, path: str) -> Iterator[ClientConnection]:
    with _socket(api, path) as listener:
        _say(listener, type="filter", filter={})
        yield listener


@contextmanager
def _socket(api: httpx.Client, path: str) -> Iterator[ClientConnection]:
    """Go where the REST API redirects, and be admitted there."""
    redirect = api.get(path)
    assert redirect.status_code == HTTPStatus.TEMPORARY_REDIRECT, redirect.text
    with connect(
        redirect.headers["location"],
        subprotocols=[Subprotocol("prefect")],
        open_timeout=LONGEST,
        proxy=None,
    ) as socket:
        _say(socket, type="auth", token=AUTH)
        assert _hear(socket)["type"] == "auth_success"
        yield socket


def _say(socket: ClientConnection, **message: object) -> None:
    socket.send(json.dumps(message))


def _hear(socket: ClientConnection) -> Any:  # noqa: ANN401 JSON
    return json.loads(socket.recv(LONGEST))


def _until_heard(
    socket: ClientConnection, send: Callable[[], str], name: Callable[[Any], str]
) -> None:
    """Send something until it is heard, since nobody says when a listener is listened for."""
    sent, heard, give_up = set[str](), set[str](), time.monotonic() + LONGEST
    while not sent & heard:
        assert time.monotonic() < give_up, f"none of {len(sent)} messages was heard"
        sent.add(send())
        with suppress(TimeoutError):
            # What others caused is heard too.
            heard.add(name(json.loads(socket.recv(AGAIN))))
