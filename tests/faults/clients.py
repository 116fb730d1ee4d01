"""Clients of WebSockets that go on whatever fails, as Prefect's own: they connect again."""

import json
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import httpx

from local.websocket_api.client import Connector, WebSocketClient
from local.websocket_api.gateway import HandshakeRefused
from runledger.store.schema import keys
from tests.reporting.building import body
from tests.store.support.contents import scan
from tests.support.background import PATH, delay, set_state
from tests.support.databases import DynamoDB
from tests.support.streaming import Streaming

AUTHENTICATING = json.dumps({"type": "auth", "token": None})
# Also what is yet to come: otherwise events are wanted until now.
OCCURRED = {"since": "2026-01-01T00:00:00Z", "until": "2100-01-01T00:00:00Z"}
LISTENING = {
    "/api/events/out": json.dumps({"type": "filter", "filter": {"occurred": OCCURRED}}),
    "/api/logs/out": json.dumps({"type": "filter", "filter": {}}),
}
RUNS, EVENTS = 5, 3
MAX_ROUNDS = 30
# The setting of a worker's lease, and longer than that.
LEASE_SECONDS, LONGER = 1, 1.1

# What is there for the sake of clients: nothing is left when all are gone. A connection's own item,
# which decides nothing, expires.
OF_CLIENTS = {keys.TASK_WORKERS, keys.LISTENERS, keys.LOG_LISTENERS, keys.QUEUE}


class Client:
    """A connection that is made anew, with its first messages, whenever it fails."""

    def __init__(self, sockets: Connector, path: str, *first: str) -> None:
        self._sockets, self._path, self._first = sockets, path, first
        self.socket = self._connected()

    def received(self) -> Iterator[dict[str, Any]]:
        """Yield what came; an error, or the end of the connection, lets it connect again."""
        messages = list(map(json.loads, self.socket.received()))
        yield from (message for message in messages if not _is_platforms(message))
        if self.socket.closed or any(map(_is_platforms, messages)):
            self.socket.close(1006)
            self.socket = self._connected()

    def _connected(self) -> WebSocketClient:
        attempts = (self._connect() for _ in range(MAX_ROUNDS))
        return next(socket for socket in attempts if socket)

    def _connect(self) -> WebSocketClient | None:
        try:
            socket = self._sockets.connect(self._path, subprotocols=["prefect"])
        except HandshakeRefused:
            return None
        socket.send(AUTHENTICATING)
        if socket.received() != ['{"type":"auth_success"}']:
            socket.close(1006)
            return None
        for message in self._first:
            socket.send(message)
        return socket


def _is_platforms(message: dict[str, Any]) -> bool:
    """Whether API Gateway says that the function has failed."""
    return "connectionId" in message


def use_sockets_until_done(
    api: httpx.Client, sockets: Connector, stream: Streaming, database: DynamoDB
) -> None:
    _run_in_background(api, sockets, stream)
    _send_events(sockets, stream)
    _listen(api, sockets, stream)
    _end_all(sockets, stream, database)


def _run_in_background(api: httpx.Client, sockets: Connector, stream: Streaming) -> None:
    """Let workers run what waits; each run is started once."""
    waiting = {delay(api) for _ in range(RUNS)}
    workers = [Client(sockets, PATH, _subscribe(host)) for host in ("host-1", "host-2")]
    api.post("/task_workers/filter", json={}).raise_for_status()
    ran: set[str] = set()
    for _ in range(MAX_ROUNDS):
        stream.pump()
        ran.update(*(_work(api, worker) for worker in workers))
        if ran == waiting:
            break
        # What a connection held that has ended is given to others when its lease is over.
        threading.Event().wait(LONGER)
        stream.run_schedule("sweep_task_workers")
    assert ran == waiting
    for worker in workers:
        worker.socket.close(1006)


def _work(api: httpx.Client, worker: Client) -> Iterator[str]:
    """Acknowledge and run what came; yield the ids."""
    for run in worker.received():
        worker.socket.send(json.dumps({"type": "ack"}))
        _run(api, run["id"])
        yield run["id"]


def _run(api: httpx.Client, run_id: str) -> None:
    """Run a task run, unless that was done before."""
    if api.get(f"/task_runs/{run_id}").raise_for_status().json()["state_type"] == "SCHEDULED":
        set_state(api, run_id, type="RUNNING")
        set_state(api, run_id, type="COMPLETED")


def _send_events(sockets: Connector, stream: Streaming) -> None:
    """Send events until each was taken, some of them more than once."""
    for number in range(EVENTS):
        message = json.dumps(body(number, run={"dynamic_key": "reported"}))
        assert any(_takes(sockets, message) for _ in range(MAX_ROUNDS))
    stream.pump()


def _takes(sockets: Connector, message: str) -> bool:
    client = Client(sockets, "/api/events/in", message)
    is_taken = not client.socket.closed and not client.socket.received()
    client.socket.close()
    return is_taken


def _listen(api: httpx.Client, sockets: Connector, stream: Streaming) -> None:
    """Let clients that connect again hear of what happens while they are there."""
    flow_id = api.post("/flows/", json={"name": "heard"}).raise_for_status().json()["id"]
    for path, wanted in LISTENING.items():
        client = Client(sockets, path, wanted)
        assert any(_hears(api, client, flow_id, stream) for _ in range(MAX_ROUNDS)), path
        client.socket.close()


def _hears(api: httpx.Client, client: Client, flow_id: str, stream: Streaming) -> bool:
    """Log a line, and let a flow run begin; return whether the client heard of any."""
    line = {"name": "n", "level": 20, "message": "m", "timestamp": datetime.now(UTC).isoformat()}
    api.post("/logs/", json=[line]).raise_for_status()
    run = {"flow_id": flow_id, "state": {"type": "RUNNING"}}
    api.post("/flow_runs/", json=run).raise_for_status()
    stream.pump()
    return bool(list(client.received()))


def _end_all(sockets: Connector, stream: Streaming, database: DynamoDB) -> None:
    """Sweep until nothing is left of any client; nobody gets a run that is done."""
    late = Client(sockets, PATH, _subscribe("host-3"))
    stream.pump()
    assert not list(late.received())
    late.socket.close(1006)
    for _ in range(MAX_ROUNDS):
        stream.run_schedule("sweep_task_workers")
        stream.pump()
        left = [key for key in scan(database) if key.pk.partition("#")[0] in OF_CLIENTS]
        if not left:
            return
        threading.Event().wait(LONGER / 2)
    raise AssertionError(left)


def _subscribe(host: str) -> str:
    return json.dumps({"type": "subscribe", "keys": ["task"], "client_id": host})
