"""A stream that stopped for an hour, then repeats, splits and reorders."""

from collections.abc import Iterator
from contextlib import ExitStack
from random import Random
from typing import Any

import httpx
import pytest

from local.event_sources.records import Record
from local.functions import Functions
from runledger.store.schema import keys
from tests.conftest import api_client
from tests.faults.invariants import orphans
from tests.store.support.contents import scan
from tests.store.support.counting import assert_counted
from tests.support.background import delay, set_state
from tests.support.databases import TEMPLATE, DynamoDB, Engine, fresh_table, stream_of
from tests.support.management import Management

HOUR = 3600
MAX_BATCH = 9
FUNCTIONS = Functions(TEMPLATE)


class Disorder:
    """Delivers the changes of a table late, each of them twice, in any order and any batches."""

    def __init__(self, database: DynamoDB, seed: int) -> None:
        self._stream = stream_of(database)
        self._iterator = self._stream.start("")
        self._chance = Random(seed)  # noqa: S311 - the same at each run

    def deliver(self) -> None:
        """Deliver what there is, and what follows from it."""
        while records := list(self._records()):
            for mapping in TEMPLATE.streams:
                told = [record for record in records if mapping.matches(record)] * 2
                self._chance.shuffle(told)
                self._tell(mapping.operation, told)

    def _records(self) -> Iterator[Record]:
        while True:
            records, self._iterator = self._stream.read(self._iterator)
            if not records:
                return
            yield from map(aged, records)

    def _tell(self, operation: str, records: list[Record]) -> None:
        while records:
            size = self._chance.randint(1, MAX_BATCH)
            batch, records = records[:size], records[size:]
            answer: Any = FUNCTIONS.call(operation, {"Records": batch})
            failed = {failure["itemIdentifier"] for failure in answer["batchItemFailures"]}
            records += [one for one in batch if one["dynamodb"]["SequenceNumber"] in failed]


def aged(record: Record) -> Record:
    """Return a record of something that happened an hour earlier."""
    change = record["dynamodb"]
    at = change["ApproximateCreationDateTime"] - HOUR
    return {**record, "dynamodb": {**change, "ApproximateCreationDateTime": at}}


def use(api: httpx.Client) -> dict[str, str]:
    """Delete a flow, cancel a flow run, end background runs; return who was cancelled with it."""
    running = {"state": {"type": "RUNNING"}}
    deleted = made(api, "/flows/", name="deleted")
    for number in range(2):
        run = made(api, "/flow_runs/", flow_id=deleted, tags=["a"], **running)
        key = {"task_key": "t", "dynamic_key": str(number)}
        task = made(api, "/task_runs/", flow_run_id=run, tags=["a"], **key, **running)
        made(api, "/flow_runs/", flow_id=deleted, parent_task_run_id=task)
    made(api, "/deployments/", flow_id=deleted, name="d")
    api.delete(f"/flows/{deleted}").raise_for_status()
    flow = made(api, "/flows/", name="cancelled")
    run = made(api, "/flow_runs/", flow_id=flow, **running)
    task = made(api, "/task_runs/", flow_run_id=run, task_key="t", dynamic_key="0", **running)
    child = made(api, "/flow_runs/", flow_id=flow, parent_task_run_id=task, **running)
    cancelled = {"state": {"type": "CANCELLED"}}
    api.post(f"/flow_runs/{run}/set_state", json=cancelled).raise_for_status()
    for run_id in [delay(api) for _ in range(2)]:
        set_state(api, run_id, type="RUNNING")
        set_state(api, run_id, type="COMPLETED")
    return {task: "task_runs", child: "flow_runs"}


def made(api: httpx.Client, path: str, **body: object) -> str:
    return str(api.post(path, json=body).raise_for_status().json()["id"])


def events_of(database: DynamoDB) -> int:
    return sum(key.pk.startswith(keys.EVENTS) for key in scan(database))


@pytest.mark.usefixtures("_no_pauses")
def test_whatever_the_stream_does_all_that_follows_is_done_once(
    dynoxide: Engine, management: Management
) -> None:
    events = set()
    for seed in range(2):
        with ExitStack() as stack:
            database = stack.enter_context(fresh_table(dynoxide))
            patch = stack.enter_context(pytest.MonkeyPatch.context())
            api = stack.enter_context(api_client(database, management, patch))
            stream = Disorder(database, seed)
            cancelled = use(api)
            stream.deliver()
            assert_counted(database)
            assert orphans(database) == []
            assert not [key for key in scan(database) if keys.is_of(key, keys.QUEUE)]
            states = [
                api.get(f"/{kind}/{run_id}").json()["state_type"]
                for run_id, kind in cancelled.items()
            ]
            assert states == ["CANCELLED"] * len(states)
            events.add(events_of(database))
    assert len(events) == 1
