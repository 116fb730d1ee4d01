"""Flows, and what their task runs come to."""

from collections.abc import Mapping

from tests.conformance.clients.scene import DONE, Check, Scene, Shown, succeeds


def runs_two_tasks(scene: Scene) -> None:
    assert scene.result("two_tasks", "20") == 42
    run = scene.flow_run("two-tasks")
    assert scene.flow_states(run) == DONE
    assert run["parameters"] == {"x": 20}
    scene.shows(run, {Shown("double", DONE): 1, Shown("add_two", DONE): 1})


def maps(scene: Scene) -> None:
    assert scene.result("mapped") == sum(range(201))
    scene.shows(scene.flow_run("mapped"), {Shown("one_more", DONE): 200})


def shows_task_runs_of_flows(scene: Scene) -> None:
    succeeds(scene.stock.run("flows"))


def creates_in_a_flow_run(scene: Scene) -> None:
    succeeds(scene.stock.run("flow_run"))


CHECKS: Mapping[str, Check] = {
    "a flow of two tasks shows both, with all their states": runs_two_tasks,
    "an async flow maps a task over 200 numbers": maps,
    "a flow's task runs show with their retries, failures and subflows": shows_task_runs_of_flows,
    "get_client() creates one run for each dynamic key of a flow run": creates_in_a_flow_run,
}
