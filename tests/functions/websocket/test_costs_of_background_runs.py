"""DynamoDB calls on a background run's way to its worker, and while nothing happens."""

from typing import NamedTuple

import httpx
import pytest

from local.websocket_api.client import Connector
from runledger import wiring
from tests.bench.workers import delivery_costs
from tests.bench.workers.delivery_costs import DeliverySite
from tests.support.streaming import Streaming

WORKERS = 20


class Charge(NamedTuple):
    read_units: float
    write_units: float
    calls: dict[str, int]


HANDED_OUT = {"Query": 6, "GetItem": 3, "TransactWriteItems": 1, "UpdateItem": 1, "PutItem": 1}
# fmt: off
# A queue has four partitions. The stream also counts the run by its new state, and observes a state
# of a new name.
COSTS = {
    "create":                    Charge(0, 9, {"TransactWriteItems": 1}),
    "hand out, from the stream": Charge(9, 8,  HANDED_OUT),
    "acknowledge":               Charge(9.5, 1, {"GetItem": 2, "Query": 10, "PutItem": 1}),
    "set to RUNNING":            Charge(1, 4,  {"GetItem": 1, "PutItem": 1}),
    "count, from the stream":    Charge(1, 2,  {"GetItem": 1, "UpdateItem": 1, "PutItem": 1}),
}
# fmt: on


@pytest.fixture
def site(
    api_on_dynoxide: httpx.Client, sockets_on_dynoxide: Connector, stream_on_dynoxide: Streaming
) -> DeliverySite:
    client = wiring.store().table.client
    return DeliverySite(api_on_dynoxide, sockets_on_dynoxide, stream_on_dynoxide, client)


def test_each_step_of_a_delivered_run_has_its_cost(site: DeliverySite) -> None:
    used = delivery_costs.of_a_run(site, delivery_costs.connected(site, 1))
    costs = {step: Charge(u.read_units, u.write_units, dict(u.calls)) for step, u in used.items()}
    assert costs == COSTS


def test_workers_that_have_nothing_to_do_cost_a_delivered_run_five_queries(
    site: DeliverySite,
) -> None:
    used = delivery_costs.of_a_run(site, delivery_costs.connected(site, WORKERS))
    calls = {step: dict(u.calls) for step, u in used.items()}
    alone = {step: cost.calls for step, cost in COSTS.items()}
    step = "hand out, from the stream"
    # One more worker finds the queue empty; all workers are read in one call.
    more = {"Query": HANDED_OUT["Query"] + 5, "GetItem": HANDED_OUT["GetItem"] - 1}
    assert calls == alone | {step: HANDED_OUT | more | {"BatchGetItem": 1}}


@pytest.mark.parametrize(
    ("workers", "reads"), [(0, {"Query": 2}), (WORKERS, {"Query": 2, "BatchGetItem": 1})]
)
def test_an_idle_minute_reads_the_timers_and_the_workers_once(
    site: DeliverySite, workers: int, reads: dict[str, int]
) -> None:
    delivery_costs.connected(site, workers)
    assert delivery_costs.of_an_idle_minute(site).calls == reads
