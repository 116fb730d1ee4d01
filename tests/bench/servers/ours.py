"""Runledger under measurement: a table of some size, the handlers here, and a server beside."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import boto3

from local import environment, settings
from local.cloudformation import template
from local.database import dynamodb, tables
from runledger import wiring
from tests.bench.questions import Loaded
from tests.bench.servers import gathering
from tests.bench.servers.sides import Handlers, MeasuredServer
from tests.conformance import servers
from tests.support.client_events import AnyClient

FILE = "runledger.db"  # where the local server looks for it


class Ours(NamedTuple):
    handlers: Handlers
    server: MeasuredServer
    client: AnyClient
    loaded: Loaded


@contextmanager
def holding(size: int) -> Iterator[Ours]:
    """Serve a table of so many runs, until the end of the block."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = _fill(Path(folder), size)
        chosen = settings.read({"DATA": folder})
        api = template.load(parameters=chosen.parameters)
        with prepared(chosen) as endpoint, servers.runledger(DYNAMODB_ENDPOINT=endpoint) as url:
            yield Ours(Handlers(api), MeasuredServer(url), wiring.store().table.client, loaded)


@contextmanager
def serving(size: int) -> Iterator[tuple[MeasuredServer, Loaded]]:
    """Serve such a table as `make run` does, with the database that the server starts."""
    with tempfile.TemporaryDirectory() as folder:
        loaded = _fill(Path(folder), size)
        with servers.runledger(DATA=folder) as url:
            yield MeasuredServer(url), loaded


def _fill(folder: Path, size: int) -> Loaded:
    chosen = settings.read({"DATA": settings.MEMORY})
    with prepared(chosen):
        return gathering.fill(boto3.client("dynamodb"), chosen.table, size, folder / FILE)


@contextmanager
def prepared(chosen: settings.LocalSettings) -> Iterator[str]:
    """Start a database, and let the functions in this process use it."""
    api = template.load(parameters=chosen.parameters)
    with dynamodb.running(chosen) as database:
        environment.prepare(api, chosen, database.endpoint)
        wiring.reset()
        tables.ensure(api, chosen.table)
        yield database.endpoint
