"""Conversations, and what follows writes, for the sake of every right that it takes."""

import json

import httpx

from local.websocket_api.client import Connector, WebSocketClient
from runledger import wiring
from runledger.store.websocket.task_workers import MAX_UNCHECKED, TaskWorkerStore
from tests.reporting.building import body
from tests.rights.keys_in_use import keys_needed
from tests.support.background import connect, delay, set_state, subscribe
from tests.support.keys import add_key
from tests.support.streaming import Streaming
from tests.support.waiting import wait_until

LISTENING = {"type": "filter", "filter": {}}


def use_sockets(api: httpx.Client, sockets: Connector, stream: Streaming) -> None:
    _use_workers(api, sockets, stream)
    listener = _open(sockets, "/api/events/out", json.dumps(LISTENING))
    gone = _open(sockets, "/api/events/out", json.dumps(LISTENING))
    gone.stop_reading()
    _listen_to_logs(api, sockets)
    messages = [json.dumps(body(n, run={"dynamic_key": str(n)})) for n in range(2)]
    _open(sockets, "/api/events/in", *messages).close()
    stream.pump()
    listener.close()
    with keys_needed():
        _open(sockets, "/api/logs/out", token=add_key()).close()


def _listen_to_logs(api: httpx.Client, sockets: Connector) -> None:
    there, gone = (_open(sockets, "/api/logs/out", json.dumps(LISTENING)) for _ in range(2))
    gone.stop_reading()
    there.send("again")
    line = {"name": "n", "level": 20, "message": "m", "timestamp": "2030-01-01"}
    api.post("/logs/", json=[line]).raise_for_status()


def _use_workers(api: httpx.Client, sockets: Connector, stream: Streaming) -> None:
    """Let workers take runs, go with and without them, and be swept."""
    runs = [delay(api) for _ in range(MAX_UNCHECKED + 3)]
    stream.pump()
    worker = subscribe(sockets)
    api.post("/task_workers/filter", json={}).raise_for_status()
    for _ in range(MAX_UNCHECKED + 1):
        worker.ack()
    delay(api, "later")
    waiting = subscribe(sockets, "later", client_id="host-2")
    stream.pump()
    api.post("/task_workers/filter", json={}).raise_for_status()
    worker.socket.close(1006)
    set_state(api, runs[0], type="RUNNING")
    stream.pump()
    stream.run_schedule("sweep_task_workers")
    waiting.socket.close(1006)
    stream.run_schedule("sweep_task_workers")
    wait_until(lambda: _all_are_swept(stream))
    connect(sockets).socket.close()


def _all_are_swept(stream: Streaming) -> bool:
    stream.run_schedule("sweep_task_workers")
    # Where clients need credentials, those that sent none are looked for, too.
    with keys_needed():
        stream.run_schedule("sweep_task_workers")
    return not TaskWorkerStore.of(wiring.store()).all()


def _open(
    sockets: Connector, path: str, *messages: str, token: str | None = None
) -> WebSocketClient:
    socket = sockets.connect(path, subprotocols=["prefect"])
    for message in (json.dumps({"type": "auth", "token": token}), *messages):
        socket.send(message)
    return socket
