"""Flows that one process serves, and others run, cancel and leave."""

import signal
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.conformance.clients.scene import (
    DONE,
    Check,
    ClientScene,
    Json,
    Shown,
    comes_to_be,
    contains,
    succeeds,
)

# Seconds: a runner asks every ten for runs that are due, and starts an interpreter for each.
PATIENCE = 90
SERVED = "Scheduled Pending Submitting Running"
FOREVER = "seconds=600"


def runs_what_is_asked_for(scene: ClientScene) -> None:
    with _serving(scene, "sum_up", "watched"):
        command = ("deployment", "run", "sum-up/watched", "--watch", "--param", "x=20")
        ran = scene.stock.prefect(*command)
        succeeds(ran)
        contains(ran.out, "prefect.flow-run.Running", "finished successfully in 'Completed'")
        run = _run(scene, "watched")
        scene.shows(run, {Shown("double", DONE): 1})
    assert (run["parameters"], run["tags"]) == ({"x": 20}, ["served"])
    assert scene.flow_states(run) == f"{SERVED} Completed"


def answers_programs(scene: ClientScene) -> None:
    with _serving(scene, "sum_up", "awaited") as server:
        run_id, state = scene.result("run_deployment", "sum-up/awaited")
        server.send_signal(signal.SIGINT)
        server.wait(PATIENCE)
    assert (run_id, state) == (_run(scene, "awaited")["id"], "Completed")
    (deployment,) = _deployments(scene, "awaited")
    assert deployment["paused"], deployment


def is_cancelled(scene: ClientScene) -> None:
    with _serving(scene, "sleep", "cancelled"):
        outer = _asleep(scene, "cancelled")
        succeeds(scene.stock.prefect("flow-run", "cancel", outer["id"]))
        states = f"{SERVED} Cancelling Cancelled"
        comes_to_be(lambda: scene.flow_states(outer), states, PATIENCE)
        (inner,) = _subflow_runs(scene, outer)
        comes_to_be(lambda: scene.flow_states(inner), "Pending Running Cancelling Cancelled")
        scene.shows(outer, {Shown("nap", "Pending Pending Running Cancelling Cancelled"): 1})
        scene.shows(inner, {Shown("rest", "Pending Running Crashed"): 1})


def is_killed(scene: ClientScene) -> None:
    with _serving(scene, "sleep", "killed") as server:
        run = _asleep(scene, "killed")
        scene.stock.kill(server, PATIENCE)
    assert _run(scene, "killed")["state_type"] == "RUNNING"
    with _serving(scene, "sleep", "killed"):
        made = scene.stock.prefect("deployment", "run", "sleep/killed", "--param", "seconds=0")
        succeeds(made)
        comes_to_be(lambda: _states(scene, "killed"), {"RUNNING", "COMPLETED"}, PATIENCE)
    assert scene.flow_states(run) == SERVED


def is_suspended(scene: ClientScene) -> None:
    """Its process ends, and another one goes on, with the results of the first one."""
    with _serving(scene, "ask", "asked"):
        succeeds(scene.stock.prefect("deployment", "run", "ask/asked"))
        run, suspended = _run(scene, "asked"), f"{SERVED} Suspended"
        comes_to_be(lambda: scene.flow_states(run), suspended, PATIENCE)
        succeeds(scene.stock.run("answer", run["id"], "20"))
        states = f"{suspended} Resuming Pending Submitting Running Completed"
        comes_to_be(lambda: scene.flow_states(run), states, PATIENCE)
        scene.shows(run, {Shown("double", DONE): 2, Shown("double", "Pending Running Cached"): 1})


def keeps_schedules(scene: ClientScene) -> None:
    with _serving(scene, "sum_up", "scheduled", "* * * * *", "0 4 * * *"):
        as_text = scene.stock.prefect("deployment", "inspect", "sum-up/scheduled")
    contains(as_text.out, "'* * * * *'", "'0 4 * * *'", "'active': True")


CHECKS: Mapping[str, Check] = {
    "flow.serve() runs what prefect deployment run --watch asks for": runs_what_is_asked_for,
    "run_deployment() waits for its run, and a runner that ends pauses": answers_programs,
    "prefect flow-run cancel ends a served run, its subflows and tasks": is_cancelled,
    "a runner that is killed leaves its run as it was, and another goes on": is_killed,
    "a served run that suspends itself goes on with what it is told": is_suspended,
    "prefect deployment inspect shows schedules": keeps_schedules,
}


@contextmanager
def _serving(scene: ClientScene, flow: str, *deployment: str) -> Iterator[subprocess.Popen[bytes]]:
    """A process that serves a flow by the deployment's name and schedules.

    It is killed in the end, and with it what its runs have yet to report: look before.
    """
    process = scene.stock.start("served", flow, *deployment)
    try:
        comes_to_be(lambda: len(_deployments(scene, deployment[0])), 1, PATIENCE)
        yield process
    finally:
        scene.stock.kill(process, PATIENCE)


def _asleep(scene: ClientScene, deployment: str) -> Json:
    """A run of the deployment whose subflow's task is running."""
    name = f"sleep/{deployment}"
    succeeds(scene.stock.prefect("deployment", "run", name, "--param", FOREVER))
    run = _run(scene, deployment)
    comes_to_be(lambda: _sleepers(scene, run), ["RUNNING"], PATIENCE)
    return run


def _sleepers(scene: ClientScene, run: Json) -> list[str]:
    return [
        task_run["state_type"]
        for inner in _subflow_runs(scene, run)
        for task_run in scene.task_runs(inner)
    ]


def _subflow_runs(scene: ClientScene, run: Json) -> list[Json]:
    below = {"flow_runs": {"parent_flow_run_id": {"any_": [run["id"]]}}}
    found: list[Json] = scene.post("/flow_runs/filter", below)
    return found


def _run(scene: ClientScene, deployment: str) -> Json:
    (run,) = scene.deployment_runs(deployment)
    return run


def _states(scene: ClientScene, deployment: str) -> set[str]:
    return {run["state_type"] for run in scene.deployment_runs(deployment)}


def _deployments(scene: ClientScene, name: str) -> list[Json]:
    found: list[Json] = scene.post(
        "/deployments/filter", {"deployments": {"name": {"any_": [name]}}}
    )
    return found
