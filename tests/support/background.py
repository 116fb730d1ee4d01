"""Background runs and the workers that take them, as stock clients create and talk to them."""

import json
from typing import Any
from uuid import uuid4

import httpx

from local.websocket_api.client import Connector, WebSocketClient

PATH = "/api/task_runs/subscriptions/scheduled"


def delay(
    api: httpx.Client, task_key: str = "task", *, name: str = "Scheduled", **details: object
) -> str:
    """Create a run as `.delay()` does; return its id."""
    state = {
        "type": "SCHEDULED",
        "name": name,
        "state_details": {"deferred": True, "task_parameters_id": str(uuid4()), **details},
    }
    answer = api.post(
        "/task_runs/",
        json={"task_key": task_key, "dynamic_key": f"{task_key}-{uuid4()}", "state": state},
    )
    answer.raise_for_status()
    run_id: str = answer.json()["id"]
    return run_id


def set_state(api: httpx.Client, run_id: str, **state: object) -> None:
    answer = api.post(f"/task_runs/{run_id}/set_state", json={"state": state, "force": True})
    answer.raise_for_status()


class Worker:
    """A task worker, as far as the wire knows it."""

    def __init__(self, socket: WebSocketClient) -> None:
        self.socket = socket

    def say(self, **message: object) -> None:
        self.socket.send(json.dumps(message))

    def runs(self) -> list[dict[str, Any]]:
        """The runs that came since the last call."""
        return [json.loads(text) for text in self.socket.received()]

    def ids(self) -> list[str]:
        return [run["id"] for run in self.runs()]

    def ack(self) -> list[str]:
        """Acknowledge a run; return the ids of what comes then."""
        self.say(type="ack")
        return self.ids()

    def drain(self) -> list[str]:
        """Take what waits, until nothing does."""
        taken = new = self.ids()
        while new:
            new = self.ack()
            taken = taken + new
        return taken


def connect(sockets: Connector, token: str | None = None) -> Worker:
    """Connect and be admitted."""
    worker = Worker(sockets.connect(PATH, subprotocols=["prefect"]))
    worker.say(type="auth", token=token)
    assert worker.socket.received() == ['{"type":"auth_success"}']
    return worker


def subscribe(sockets: Connector, *task_keys: str, client_id: str = "host-1") -> Worker:
    worker = connect(sockets)
    worker.say(type="subscribe", keys=task_keys or ["task"], client_id=client_id)
    return worker
