"""Costs of a tick: without a timer that is due, and with a late run for each schedule."""

import time
from collections.abc import Iterator
from typing import NamedTuple

from local.functions import Functions
from runledger import wiring
from tests.bench.metering import Usage, metered
from tests.bench.schedules.clock import stopped_clock
from tests.bench.schedules.deploying import deploy_hourly, make_pool
from tests.bench.workers import delivery_costs
from tests.support import hosting
from tests.support.databases import TEMPLATE


class TickCost(NamedTuple):
    """Of one tick; seconds: of the processor."""

    schedules: int
    due: int
    usage: Usage
    seconds: float


def measured(schedules: int) -> Iterator[TickCost]:
    """Yield what a tick takes of so many schedules: none due, and all due."""
    with (
        delivery_costs.functions_on_dynoxide(),
        hosting.http_client() as api,
        stopped_clock() as clock,
    ):
        make_pool(api)
        deploy_hourly(api, schedules)
        # A change leaves a timer, which the next tick removes.
        _tick(0)
        yield _tick(schedules)
        if schedules:
            clock.set_to_hour(seconds=20)
            yield _tick(schedules, due=schedules)


def _tick(schedules: int, due: int = 0) -> TickCost:
    # It works in threads.
    began = time.process_time()
    with metered(wiring.store().table.client) as used:
        Functions(TEMPLATE).call("run_services", {})
    return TickCost(schedules, due, used, time.process_time() - began)
