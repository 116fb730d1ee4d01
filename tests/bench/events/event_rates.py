"""Events a second that become task runs, through one connection and through ten.

Each run is told of by three events, and a measurement lasts from the first that is sent until the
last run has ended, as a count of the ended ones shows.
"""

import json
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import httpx
from websockets.sync.client import connect

from tests.reporting.building import JSON, body

RUNS = 200
KINDS = ("PENDING", "RUNNING", "COMPLETED")
CONNECTIONS = (1, 10)
PAUSE = 0.05
LONGEST = 300.0


def rate(url: str, connections: int) -> float:
    """Return how many events a second become runs."""
    tag = f"bench {uuid4()}"
    shares = [list(_events(RUNS // connections, tag)) for _ in range(connections)]
    began = time.monotonic()
    with ThreadPoolExecutor(connections) as clients:
        list(clients.map(lambda share: _send(url, share), shares))
    _await(url, tag, began)
    return RUNS * len(KINDS) / (time.monotonic() - began)


def _events(runs: int, tag: str) -> Iterator[JSON]:
    """The events of runs, as a client sends them that runs one after the other."""
    occurred = datetime.now(UTC)
    for _ in range(runs):
        run_id = uuid4()
        said = {"task_key": tag, "dynamic_key": str(run_id), "tags": [tag]}
        follows = None
        for kind in KINDS:
            occurred += timedelta(milliseconds=1)
            event = body(0, kind, run_id=run_id, run=said, occurred=occurred.isoformat())
            yield event | {"id": str(uuid4()), "follows": follows}
            follows = event["id"]


def _send(url: str, events: Sequence[JSON]) -> None:
    address = f"{url.replace('http', 'ws', 1)}/events/in"
    with connect(address, subprotocols=["prefect"]) as socket:  # type: ignore[list-item]
        socket.send('{"type":"auth","token":null}')
        socket.recv()
        for event in events:
            socket.send(json.dumps(event))
        # What was sent is taken before the connection closes.
        socket.ping().wait()


def _await(url: str, tag: str, began: float) -> None:
    wanted = {"task_runs": {"tags": {"all_": [tag]}, "state": {"type": {"any_": [KINDS[-1]]}}}}
    while httpx.post(f"{url}/task_runs/count", json=wanted).json() < RUNS:
        if time.monotonic() - began > LONGEST:
            raise TimeoutError(f"{url} has not recorded all runs after {LONGEST:.0f} s")
        time.sleep(PAUSE)
