"""A table full of runs, as the store writes them; dynoxide imports it as a table's export.

Written one after the other through DynamoDB's API, a million runs would take hours.
"""

import gzip
import json
import subprocess
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TextIO
from uuid import uuid4

from mypy_boto3_dynamodb import DynamoDBClient

from local.database import dynamodb
from runledger.api.task_runs import TaskRunCreate
from runledger.domain.runs.bookkeeping import record
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.flows import Flow
from runledger.domain.runs.states import State, StateType
from runledger.store.deployments.flows import FlowStore
from runledger.store.dynamodb.expressions import typed
from runledger.store.dynamodb.stream_records import Change
from runledger.store.dynamodb.table import Table
from runledger.store.dynamodb.writes import Add, Item, Put, Write
from runledger.store.runs.flow_runs import FlowRunStore
from runledger.store.runs.state_counts import counted_change
from runledger.store.runs.task_runs import TaskRunStore
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from tests.bench.questions import FIRST, RUNS_PER_FLOW_RUN, Loaded, entered, run_body
from tests.bench.servers.loading import STEP, progress

SHARDS = 2  # as in template.yaml


@dataclass(frozen=True)
class _Gathering(Table):
    """A table that keeps in a file what it is told to write, and adds up what it is to add."""

    file: TextIO = field(kw_only=True)
    sums: dict[Key, Counter[str]] = field(default_factory=dict)

    def write(self, *writes: Write) -> None:
        for write in writes:
            if isinstance(write, Put):
                self._keep(write.item)
                self._count(write.item)
            elif isinstance(write, Add):
                amounts = {name: int(amount) for name, amount in write.amounts.items()}
                self.sums.setdefault(write.key, Counter()).update(amounts)

    def keep_sums(self) -> None:
        for key, amounts in self.sums.items():
            self._keep(key._asdict() | amounts)

    def _count(self, item: Item) -> None:
        """Count a new run, as the stream would."""
        if change := counted_change(Change("", keys.of(item), None, item)):
            self.sums.setdefault(change.counter, Counter()).update(change.amounts)

    def _keep(self, item: Item) -> None:
        self.file.write(json.dumps({"Item": typed(item)}) + "\n")


def fill(client: DynamoDBClient, table: str, size: int, output: Path) -> Loaded:
    """Make a database with a table like one that is there, full of so many runs."""
    binary = dynamodb.dynoxide()
    if binary is None:
        raise SystemExit("Only dynoxide holds so many runs, and it is not available here.")
    source = output.parent / "export"
    with _file(source / table / "data" / "runs.json.gz") as file:
        gathering = _Gathering(client, table, file=file)
        loaded = _write(Store(gathering, SHARDS), size)
        gathering.keep_sums()
    schema = output.parent / "schema.json"
    schema.write_text(json.dumps(_described(client, table), default=str))
    files = {"--source": source, "--schema": schema, "--output": output}
    options = [str(part) for option in files.items() for part in option]
    subprocess.run([binary, "import", *options], check=True, capture_output=True)
    (source / table / "data" / "runs.json.gz").unlink()
    return loaded


@contextmanager
def _file(path: Path) -> Iterator[TextIO]:
    path.parent.mkdir(parents=True)
    with gzip.open(path, "wt", compresslevel=1) as file:
        yield file


def _described(client: DynamoDBClient, table: str) -> Mapping[str, Any]:
    return {"Table": client.describe_table(TableName=table)["Table"]}


def _write(store: Store, size: int) -> Loaded:
    flow = Flow(id=uuid4(), created=FIRST, updated=FIRST, name="bench")
    FlowStore.of(store).create(flow)
    amount = 1 + -(-size // RUNS_PER_FLOW_RUN)
    spare, *flow_runs = (_flow_run(store, flow, number) for number in range(amount))
    runs = []
    for number in range(size):
        runs.append(_task_run(store, number, flow_runs[number // RUNS_PER_FLOW_RUN]))
        if len(runs) % STEP == 0 or len(runs) == size:
            progress("Runledger", len(runs), size)
    return Loaded(flow_runs, runs, spare)


def _flow_run(store: Store, flow: Flow, number: int) -> str:
    begun = entered(number * RUNS_PER_FLOW_RUN)
    run = FlowRun(id=uuid4(), created=begun, updated=begun, name="run", flow_id=flow.id)
    state = State(id=uuid4(), type=StateType.PENDING, name="Pending", timestamp=begun)
    return str(FlowRunStore.of(store).create(record(run, state, now=begun)).id)


def _task_run(store: Store, number: int, flow_run: str) -> str:
    now = entered(number)
    body = TaskRunCreate.model_validate(run_body(number, flow_run))
    run = record(body.to_run(now), body.proposed(now), now=now)
    return str(TaskRunStore.of(store).create(run).id)
