"""DynamoDB calls for a background run that an idle worker gets, and while nothing happens.

All functions run in this process, so that every call of theirs is counted, and is of a known step.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

import boto3
import httpx

from local import environment, settings
from local.cloudformation import template
from local.database import dynamodb, tables
from local.websocket_api.client import Connector
from runledger import wiring
from tests.bench.metering import READS, Usage, metered
from tests.support import hosting
from tests.support.background import Worker, delay, set_state, subscribe
from tests.support.client_events import AnyClient
from tests.support.databases import PARAMETERS, TEMPLATE, DynamoDB, own_client
from tests.support.management import Management, served
from tests.support.streaming import Streaming


class DeliverySite(NamedTuple):
    """The functions, and the client by which they ask DynamoDB."""

    api: httpx.Client
    sockets: Connector
    stream: Streaming
    client: AnyClient


@contextmanager
def on_dynoxide(**parameters: str) -> Iterator[DeliverySite]:
    """A site of its own, deployed with these parameters, until the end of the block."""
    with (
        functions_on_dynoxide(**parameters) as (table, management),
        hosting.http_client() as api,
    ):
        yield DeliverySite(
            api,
            hosting.socket_clients(management),
            Streaming(TEMPLATE, table),
            wiring.store().table.client,
        )


@contextmanager
def functions_on_dynoxide(**parameters: str) -> Iterator[tuple[DynamoDB, Management]]:
    """A table of the functions' own, without a stream, until the end of the block.

    dynoxide takes longer for a write, the more are in its stream.
    """
    chosen = settings.read({"DATA": settings.MEMORY})
    deployed = template.load(parameters=PARAMETERS | parameters)
    with dynamodb.running(chosen, in_file=True) as database, served() as management:
        sockets = hosting.management_path(management)
        environment.prepare(deployed, chosen, database.endpoint, sockets)
        wiring.reset()
        tables.ensure(TEMPLATE, chosen.table)
        client = own_client(database.endpoint)
        table = DynamoDB(client, database.endpoint, boto3.client("dynamodb"), chosen.table)
        yield table, management


def connected(site: DeliverySite, number: int) -> list[Worker]:
    """So many workers that wait for runs."""
    workers = [subscribe(site.sockets, client_id=f"host-{one}") for one in range(number)]
    site.stream.pump()
    return workers


def of_a_run(site: DeliverySite, workers: list[Worker]) -> Mapping[str, Usage]:
    """Tell what each step of a run costs, from `.delay()` until a worker has started it."""
    with metered(site.client) as creating:
        run_id = delay(site.api)
    with metered(site.client) as handing_out:
        site.stream.pump()
    (worker,) = [worker for worker in workers if worker.ids() == [run_id]]
    with metered(site.client) as acknowledging:
        worker.ack()
    # A run that starts within 100 ms costs a unit less; on its way through AWS few do.
    time.sleep(0.1)
    with metered(site.client) as starting:
        set_state(site.api, run_id, type="RUNNING")
    with metered(site.client) as counting:
        site.stream.pump()
    return {
        "create": creating,
        "hand out, from the stream": handing_out,
        "acknowledge": acknowledging,
        "set to RUNNING": starting,
        "count, from the stream": counting,
    }


def of_an_idle_minute(site: DeliverySite) -> Usage:
    """Tell what every schedule costs, once."""
    with metered(site.client) as used:
        for schedule in TEMPLATE.schedules:
            site.stream.run_schedule(schedule.operation)
    return used


def reads(used: Usage) -> int:
    return sum(number for name, number in used.calls.items() if name in READS)
