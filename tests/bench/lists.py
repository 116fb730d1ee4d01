"""Duration of requests that name many ids: `make bench ARGS=lists` takes a minute or two.

The local server is asked, on a database in a file as `make run` has it, which holds a task run for
each of as many flow runs as are named.
"""

import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from uuid import UUID, uuid5

import boto3
import httpx

from local import settings
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.store.runs.task_run_items import Stored
from tests.bench.servers import ours
from tests.conformance import servers
from tests.store.support.populations import DAWN, WORLD, put_flow_runs, put_task_runs, task_run
from tests.support.databases import DynamoDB, own_client

NUMBERS = (1_000, 5_000, 20_000)
FLOWS = 20_000
SHARDS = 2
PATIENCE = 120.0

Body = Mapping[str, Any]


def flow_run(number: int) -> FlowRun:
    """Return a flow run, of a flow of its own."""
    run_id = _id("flow run", number)
    state = State(id=run_id, type=StateType.RUNNING, name="Running", timestamp=DAWN)
    return FlowRun(
        id=run_id,
        created=DAWN,
        updated=DAWN,
        name=f"flow run {number}",
        flow_id=_id("flow", number),
        state=state,
        state_id=state.id,
        state_type=state.type,
        state_name=state.name,
        expected_start_time=DAWN,
    )


def _id(kind: str, number: int) -> UUID:
    return uuid5(WORLD, f"{kind} {number}")


def questions(number: int) -> Iterator[tuple[str, str, Body]]:
    """Yield what is asked: a name, a path and a body with so many ids."""
    task_runs, flow_runs, flows = (
        [str(one) for one in ids]
        for ids in (
            (task_run(it).id for it in range(number)),
            (_id("flow run", it) for it in range(number)),
            (_id("flow", it) for it in range(number)),
        )
    )
    owned: Body = {"task_runs": {"flow_run_id": {"any_": flow_runs}}}
    yield "task runs of flow runs: filter", "/task_runs/filter", owned
    yield "task runs of flow runs: count", "/task_runs/count", owned
    yield "task runs of flow runs, by name", "/task_runs/filter", {**owned, "sort": "NAME_ASC"}
    by_id: Body = {"task_runs": {"id": {"any_": task_runs}}}
    yield "task runs by id: filter", "/task_runs/filter", by_id
    yield "flow runs by id: filter", "/flow_runs/filter", {"flow_runs": {"id": {"any_": flow_runs}}}
    yield "flow runs of flows: count", "/flow_runs/count", {"flows": {"id": {"any_": flows}}}
    logs: Body = {"logs": {"flow_run_id": {"any_": flow_runs}}}
    yield "lines of flow runs: filter", "/logs/filter", logs


def main() -> int:
    _print(f"{'seconds, ids:':<38}" + "".join(f"{number:>10,}" for number in NUMBERS))
    with _served() as api:
        for asked in zip(*map(questions, NUMBERS), strict=True):
            taken = [_seconds(api, path, body) for _, path, body in asked]
            _print(f"{asked[0][0]:<38}" + "".join(f"{as_text:>10}" for as_text in taken))
    return 0


def _seconds(api: httpx.Client, path: str, body: Body) -> str:
    begun = time.perf_counter()
    answer = api.post(path, json=body)
    taken = f"{time.perf_counter() - begun:.2f}"
    return taken if answer.is_success else f"{taken} ({answer.status_code})"


@contextmanager
def _served() -> Iterator[httpx.Client]:
    with tempfile.TemporaryDirectory() as folder:
        chosen = settings.read({"DATA": folder})
        with ours.prepared(chosen) as at, servers.runledger(DYNAMODB_ENDPOINT=at) as url:
            _fill(
                DynamoDB(own_client(at), at, boto3.client("dynamodb"), chosen.table),
                max(NUMBERS),
            )
            yield httpx.Client(base_url=url, timeout=PATIENCE)


def _fill(database: DynamoDB, number: int) -> None:
    owned = [task_run(it, flow_run_id=_id("flow run", it)) for it in range(number)]
    put_task_runs(database, [Stored(run, version=1) for run in owned], shards=SHARDS)
    put_flow_runs(database, [flow_run(it) for it in range(number)], shards=SHARDS)


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
