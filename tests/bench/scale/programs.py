"""Programs whose traffic is measured: each does one thing so many times."""

from collections.abc import Callable, Mapping
from typing import NamedTuple
from uuid import uuid4

from tests.bench.costs import lives
from tests.bench.workers.delivery_costs import DeliverySite
from tests.support.background import subscribe

PAGE, RUNS = 200, 400
WORKERS, AT_ONCE = 40, 10


class ReplayedProgram(NamedTuple):
    """A program and its rate: `prepare` returns the act of doing it, once or at once."""

    unit: str
    prepare: Callable[[DeliverySite], Callable[[], object]]
    times: int
    at_once: int = 1


def _etl(site: DeliverySite) -> Callable[[], object]:
    """A mapped task of one flow run, told by three events."""
    life = lives.told_by_events(site)
    return lambda: [step.act() for step in life()]


def _background(site: DeliverySite) -> Callable[[], object]:
    """Some runs of one task, for which more workers wait: those that are idle longest get them.

    As at a hundred runs a second or more, a batch of the stream has changes of several runs.
    """
    life = lives.in_background(site, workers=WORKERS)

    def run() -> None:
        for steps in zip(*[life() for _ in range(AT_ONCE)], strict=True):
            for step in steps:
                step.act()
            site.stream.pump()

    return run


def _worker(site: DeliverySite) -> Callable[[], object]:
    """Connect a worker of one task."""

    def connect() -> None:
        subscribe(site.sockets, client_id=f"host-{uuid4()}")
        site.stream.pump()

    return connect


def _viewer(site: DeliverySite) -> Callable[[], object]:
    """Show a page of runs and their number in a state."""
    for _ in range(RUNS):
        body = {"task_key": "t", "dynamic_key": str(uuid4()), "state": {"type": "PENDING"}}
        site.api.post("/task_runs/", json=body).raise_for_status()

    def look() -> None:
        wanted = {"task_runs": {"state": {"type": {"any_": ["PENDING"]}}}}
        for path, body in (("filter", {"limit": PAGE, "sort": "ID_DESC"}), ("count", wanted)):
            site.api.post(f"/task_runs/{path}", json=body).raise_for_status()

    return look


PROGRAMS: Mapping[str, ReplayedProgram] = {
    "an ETL: mapped tasks of one flow run": ReplayedProgram("task runs", _etl, 100),
    "background runs of one task": ReplayedProgram("task runs", _background, 40, at_once=AT_ONCE),
    "viewers of a site": ReplayedProgram("page views", _viewer, 5),
    "task workers that connect": ReplayedProgram("workers", _worker, 20),
}
