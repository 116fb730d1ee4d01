"""Costs of workers' requests: polls of a pool, and heartbeats."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import NamedTuple

from tests.bench.costs import lives
from tests.bench.costs.lives import REST, LifeStep, StepCost
from tests.bench.schedules.clock import BenchClock, stopped_clock
from tests.bench.schedules.deploying import POOL, deploy_hourly, make_pool
from tests.bench.workers import delivery_costs
from tests.bench.workers.delivery_costs import DeliverySite

PATH = f"/work_pools/{POOL}"
# How much earlier than their time a worker takes runs, and when a poll is recorded again.
PREFETCH = timedelta(seconds=10)
RECORDED_AFTER = timedelta(seconds=21)
RUNS, WORKERS = 10, 50

NOTHING, RECORDED, ONE = "poll, nothing", "poll, nothing, recorded", "poll, one run"
SOME = f"poll, {RUNS} runs"
MANY = f"{WORKERS} polls, {RUNS} runs"
HEARTBEAT, READ = "heartbeat", "read the pool"
SERVED = "poll of flow.serve, nothing"


class PolledSite(NamedTuple):
    """A pool with hourly deployments, a worker, and the time."""

    site: DeliverySite
    clock: BenchClock

    def poll(self) -> list[str]:
        """Poll as a worker does; return the ids of the runs."""
        body = {"scheduled_before": (self.clock.now + PREFETCH).isoformat()}
        answer = self.site.api.post(f"{PATH}/get_scheduled_flow_runs", json=body)
        return [found["flow_run"]["id"] for found in answer.raise_for_status().json()]

    def serve(self, deployment: str) -> None:
        """Poll as a process does that serves a deployment."""
        until = (self.clock.now + PREFETCH).isoformat()
        body = {"deployment_ids": [deployment], "scheduled_before": until}
        answer = self.site.api.post("/deployments/get_scheduled_flow_runs", json=body)
        assert answer.raise_for_status().json() == []

    def beat(self) -> None:
        body = {"name": "ProcessWorker 3f1c", "heartbeat_interval_seconds": 30}
        self.site.api.post(f"{PATH}/workers/heartbeat", json=body).raise_for_status()

    def read(self) -> None:
        self.site.api.get(PATH).raise_for_status()

    def cost(self, *acts: Callable[[], object]) -> StepCost:
        self.site.stream.pump()
        return lives.cost_of(self.site, REST, [LifeStep("", REST, act) for act in acts])


@contextmanager
def polled_site(deployments: int) -> Iterator[PolledSite]:
    """Return a site where each request of a worker was sent before, until the end of the block."""
    with delivery_costs.on_dynoxide() as site, stopped_clock() as clock:
        make_pool(site.api)
        deploy_hourly(site.api, deployments)
        found = PolledSite(site, clock)
        for act in (found.poll, found.beat, found.read):
            act()
        yield found


def measured() -> Mapping[str, StepCost]:
    """Return what each request takes; where several workers ask at a time, all of them."""
    with polled_site(1) as one:
        costs = {NOTHING: one.cost(one.poll)}
        one.clock.now += RECORDED_AFTER
        costs |= {RECORDED: one.cost(one.poll), HEARTBEAT: one.cost(one.beat)}
        costs |= {READ: one.cost(one.read)}
        one.clock.set_to_hour(seconds=-8)
        one.poll()
        costs[ONE] = one.cost(one.poll)
    with polled_site(RUNS) as some:
        first = some.site.api.post("/deployments/filter", json={"limit": 1}).json()[0]["id"]
        some.serve(first)
        costs[SERVED] = some.cost(partial(some.serve, first))
        some.clock.set_to_hour(seconds=-8)
        assert len(some.poll()) == RUNS
        costs |= {SOME: some.cost(some.poll), MANY: some.cost(*[some.poll] * WORKERS)}
    return costs
