"""The life of a run that a schedule creates: a worker finds it, starts it, and it completes.

Meanwhile a tick creates the run of a later hour: each run is created once, so this is its share.
"""

from collections.abc import Iterator
from functools import partial

from tests.bench.costs import lives
from tests.bench.costs.lives import REST, SCHEDULE, Costs, LifeStep
from tests.bench.costs.storage import stored_bytes
from tests.bench.schedules.polls import PolledSite, polled_site

STOCK = {"user-agent": "prefect/3.9.1 (API 0.8.4)"}
STATES = ("PENDING", "RUNNING", "COMPLETED")


def measured() -> tuple[Costs, float]:
    """Return what the steps of a run's life take, and the bytes that it leaves."""
    with polled_site(1) as found:
        before = stored_bytes()
        costs = lives.costs(found.site, partial(_life, found))
        return costs, (stored_bytes() - before) / (lives.WARM_UP + lives.RUNS)


def _life(found: PolledSite) -> Iterator[LifeStep]:
    clock, runs = found.clock, list[str]()
    clock.set_to_hour(seconds=-8)
    yield LifeStep("poll that finds it", REST, lambda: runs.extend(found.poll()))
    for seconds, state in zip((-7, 1, 9), STATES, strict=True):
        clock.set_to_hour(seconds=seconds)
        yield LifeStep(state, REST, partial(_enter, found, runs[0], state))
    clock.set_to_hour(seconds=40)
    tick = partial(found.site.stream.run_schedule, "run_services")
    yield LifeStep("tick: a later run", SCHEDULE, tick)


def _enter(found: PolledSite, run: str, state: str) -> None:
    path = f"/flow_runs/{run}/set_state"
    body = {"state": {"type": state}}
    answer = found.site.api.post(path, json=body, headers=STOCK).raise_for_status()
    assert answer.json()["status"] == "ACCEPT", answer.text
