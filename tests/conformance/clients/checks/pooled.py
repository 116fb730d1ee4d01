"""Flows that are deployed to a work pool, and the workers that run them."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import pairwise

from tests.conformance.clients.scene import (
    Check,
    ClientScene,
    Json,
    comes_to_be,
    contains,
    succeeds,
)

# Seconds: a worker asks every ten for runs, and starts an interpreter for each.
PATIENCE = 150
POOL, WORKERS, RUNS = "machines", ("first", "second"), 2


def runs_within_its_limit(scene: ClientScene) -> None:
    """Two workers, one of which is killed, run each run once, and one after the other."""
    succeeds(scene.stock.prefect("work-pool", "create", POOL, "--type", "process"))
    succeeds(scene.stock.prefect("work-pool", "set-concurrency-limit", POOL, "1"))
    succeeds(scene.stock.run("pooled", "deploy", POOL))
    listed = scene.stock.prefect("work-pool", "inspect", POOL)
    contains(listed.out, "type='process'", "concurrency_limit=1")
    with _worker(scene, "first") as first, _worker(scene, "second"):
        comes_to_be(lambda: _online(scene), sorted(WORKERS), PATIENCE)
        scene.stock.kill(first, PATIENCE)
        deployment = scene.get("/deployments/name/count/pooled")
        path = f"/deployments/{deployment['id']}/create_flow_run"
        for _ in range(RUNS):
            scene.post(path, {"parameters": {"seconds": 0.1}})
        comes_to_be(lambda: _states(scene), ["COMPLETED"] * RUNS, PATIENCE)
    runs = scene.flow_runs("count")
    assert [run["run_count"] for run in runs] == [1] * RUNS
    assert all(one["end_time"] <= other["start_time"] for one, other in pairwise(runs))
    assert {run["work_queue_name"] for run in runs} == {"default"}


CHECKS: Mapping[str, Check] = {
    "flow.deploy() and workers of a work pool run one run at a time": runs_within_its_limit,
}


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


def _states(scene: ClientScene) -> list[str]:
    return [run["state_type"] for run in scene.flow_runs("count")]
