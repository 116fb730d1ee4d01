"""Delay from a background run to a worker that waits for one."""

import asyncio
import json
import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

import httpx
from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

RUNS, WARM_UP = 200, 40
PATIENCE = 60.0
ACK = json.dumps({"type": "ack"})


def latencies(url: str, workers: int) -> Sequence[float]:
    """Milliseconds from the acknowledgement of a create to the receipt by one of some workers.

    They are below 0 where the worker has the run before its creator knows of it.
    """
    return asyncio.run(_Bench(url).measure(workers))


@dataclass(frozen=True)
class _Bench:
    url: str
    task_key: str = field(default_factory=lambda: f"bench-{uuid4()}")
    arrivals: asyncio.Queue[tuple[str, float]] = field(default_factory=asyncio.Queue)

    async def measure(self, workers: int) -> Sequence[float]:
        async with (
            asyncio.TaskGroup() as tasks,
            AsyncExitStack() as stack,
            httpx.AsyncClient(base_url=self.url, timeout=PATIENCE) as client,
        ):
            for number in range(workers):
                opening = connect(self._address, subprotocols=[Subprotocol("prefect")])
                socket = await stack.enter_async_context(opening)
                tasks.create_task(self._work(socket, f"host-{number}"))
            taken = [await self._delivered(client) for _ in range(WARM_UP + RUNS)]
            for run_id, _ in taken:
                await _post(client, f"/task_runs/{run_id}/set_state", STARTED)
        return [milliseconds for _, milliseconds in taken[WARM_UP:]]

    @property
    def _address(self) -> str:
        return f"{self.url.replace('http', 'ws', 1)}/task_runs/subscriptions/scheduled"

    async def _work(self, socket: ClientConnection, client_id: str) -> None:
        """Be a worker until the connection is closed."""
        await socket.send(json.dumps({"type": "auth", "token": None}))
        await socket.recv()
        asked = {"type": "subscribe", "keys": [self.task_key], "client_id": client_id}
        await socket.send(json.dumps(asked))
        async for message in socket:
            received = time.perf_counter()
            self.arrivals.put_nowait((json.loads(message)["id"], received))
            await socket.send(ACK)

    async def _delivered(self, client: httpx.AsyncClient) -> tuple[str, float]:
        """Create a run, and return its id and the milliseconds until a worker had it."""
        made = await _post(client, "/task_runs/", self._run())
        acknowledged = time.perf_counter()
        async with asyncio.timeout(PATIENCE):
            arrived, received = await self.arrivals.get()
            while arrived != made["id"]:
                arrived, received = await self.arrivals.get()
        return arrived, (received - acknowledged) * 1000

    def _run(self) -> dict[str, Any]:
        """A run as `.delay()` creates it."""
        details = {"deferred": True, "task_parameters_id": str(uuid4())}
        state = {"type": "SCHEDULED", "name": "Scheduled", "state_details": details}
        return {"task_key": self.task_key, "dynamic_key": str(uuid4()), "state": state}


STARTED = {"state": {"type": "RUNNING"}, "force": True}


async def _post(client: httpx.AsyncClient, path: str, body: dict[str, Any]) -> Any:  # noqa: ANN401 JSON
    answer = await client.post(path, json=body)
    answer.raise_for_status()
    return answer.json()
