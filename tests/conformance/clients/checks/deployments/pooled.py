"""Flows that are deployed to a work pool, and the workers that run them."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

from tests.conformance.clients import periods
from tests.conformance.clients.periods import Trace
from tests.conformance.clients.scene import (
    Check,
    ClientScene,
    Json,
    comes_to_be,
    contains,
    succeeds,
)

# Seconds: a worker asks every ten for runs, and starts an interpreter for each.
PATIENCE = 170.0
POOL, WORKERS = "machines", ("first", "second")
# Each worker takes two: one more than the pool lets them have.
LIMIT, RUNS, SECONDS = 3, 6, 10
NONE: list[str] = []


class Death(NamedTuple):
    """The process of a worker, and when it was killed."""

    worker: int
    at: datetime


def runs_within_its_limit(scene: ClientScene) -> None:
    """Two workers begin each run once, and within the pool's limit, though one is killed amid it.

    The runs that it had are processes of their own: most go on, but it can't tell of those that
    don't.
    """
    folder = scene.stock.home / "traces"
    folder.mkdir()
    _deploy(scene)
    with _worker(scene, "first") as first, _worker(scene, "second"):
        comes_to_be(lambda: _online(scene), sorted(WORKERS), PATIENCE)
        _ask_for_runs(scene, {"folder": str(folder), "seconds": SECONDS})
        comes_to_be(lambda: bool(_under_way(folder, first.pid)), expected=True, within=PATIENCE)
        scene.stock.kill(first, PATIENCE)
        death = Death(first.pid, datetime.now(UTC))
        assert _under_way(folder, first.pid), "its runs were over when it was killed"
        comes_to_be(lambda: _unfinished(scene, folder, death), NONE, PATIENCE)
    runs = scene.deployment_runs("pooled")
    assert {run["run_count"] for run in runs} <= {0, 1}
    assert periods.most_at_once(periods.slots(scene, runs)) == LIMIT


CHECKS: Mapping[str, Check] = {
    "two workers of a pool keep its limit, also when one is killed": runs_within_its_limit,
}


def _deploy(scene: ClientScene) -> None:
    succeeds(scene.stock.prefect("work-pool", "create", POOL, "--type", "process"))
    succeeds(scene.stock.prefect("work-pool", "set-concurrency-limit", POOL, str(LIMIT)))
    succeeds(scene.stock.run("pooled", "deploy", POOL))
    listed = scene.stock.prefect("work-pool", "inspect", POOL)
    contains(listed.out, "type='process'", f"concurrency_limit={LIMIT}")


@contextmanager
def _worker(scene: ClientScene, name: str) -> Iterator[subprocess.Popen[bytes]]:
    process = scene.stock.start("pooled", "work", POOL, name)
    try:
        yield process
    finally:
        scene.stock.kill(process, PATIENCE)


def _online(scene: ClientScene) -> list[str]:
    found: list[Json] = scene.post(f"/work_pools/{POOL}/workers/filter", {})
    return sorted(one["name"] for one in found if one["status"] == "ONLINE")


def _ask_for_runs(scene: ClientScene, parameters: Json) -> None:
    deployment = scene.get("/deployments/name/tick/pooled")
    for _ in range(RUNS):
        scene.post(f"/deployments/{deployment['id']}/create_flow_run", {"parameters": parameters})


def _under_way(folder: Path, worker: int) -> list[Trace]:
    """The runs of a worker that have not ended."""
    begun = periods.traces(folder).values()
    return [one for one in begun if one.parent == worker and one.ended is None]


def _unfinished(scene: ClientScene, folder: Path, death: Death) -> list[str]:
    """The states of runs that did not complete, but for those that the killed worker had."""
    begun = periods.traces(folder)
    runs = [run for run in scene.deployment_runs("pooled") if run["state_type"] != "COMPLETED"]
    return [scene.flow_states(run) for run in runs if not _was_lost(scene, run, begun, death)]


def _was_lost(scene: ClientScene, run: Json, begun: Mapping[str, Trace], death: Death) -> bool:
    """Whether the worker had it, or may have had it: a run that did not begin has no trace."""
    if trace := begun.get(run["id"]):
        return trace.parent == death.worker
    return any(time < death.at for time in periods.taken_up(scene, run))
