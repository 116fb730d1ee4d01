"""Runledger under measurement: a table in memory, the handlers here, and a server beside."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from mypy_boto3_dynamodb import DynamoDBClient

from local import dynamodb, environment, settings, tables, template
from runledger import wiring
from runledger.api.requests import TaskRunCreate
from runledger.service import task_runs
from runledger.store.keys import Key
from runledger.store.store import Store
from runledger.store.table import Table
from runledger.store.writes import Item, Write
from tests.bench.loading import entered
from tests.bench.questions import RUNS_PER_FLOW_RUN, run_body
from tests.bench.sides import Handlers, Server
from tests.conformance import servers


class Ours(NamedTuple):
    handlers: Handlers
    server: Server
    client: DynamoDBClient


@contextmanager
def running() -> Iterator[Ours]:
    chosen = settings.read({"DATA": settings.MEMORY})
    api = template.load(parameters=chosen.parameters)
    with dynamodb.running(chosen) as database:
        environment.prepare(api, chosen, database.endpoint)
        tables.ensure(api, chosen.table)
        with servers.runledger(DYNAMODB_ENDPOINT=database.endpoint) as url:
            yield Ours(Handlers(api), Server(url), wiring.store().table.client)


@dataclass(frozen=True)
class _Gathering(Table):
    """A table that keeps what it is told to write, and what it has read."""

    gathered: list[Write] = field(default_factory=list)
    known: dict[Key, Item | None] = field(default_factory=dict)

    def read(self, key: Key) -> Item | None:
        if key not in self.known:
            self.known[key] = super().read(key)
        return self.known[key]

    def write(self, *writes: Write) -> None:
        self.gathered.extend(writes)


def add(numbers: range, flow_runs: Sequence[str]) -> Iterator[str]:
    """Create runs as the service does, but write many of them in a transaction."""
    store = wiring.store()
    table = _Gathering(store.table.client, store.table.name)
    for number in numbers:
        asked, now = run_body(number, flow_runs[number // RUNS_PER_FLOW_RUN]), entered(number)
        body = TaskRunCreate.model_validate(asked)
        gathering = Store(table, store.shards)
        created = task_runs.create(gathering, body.to_run(now), body.proposed(now), now=now)
        yield str(created.run.id)
    store.table.write_batches(table.gathered)
