"""Background tasks and the workers that serve them."""

from collections import Counter
from collections.abc import Mapping

from tests.conformance.clients.scene import DONE, Check, ClientScene, Shown, comes_to_be, succeeds


def waits_for_results(scene: ClientScene) -> None:
    succeeds(scene.stock.run("results"))
    done, failed = f"Scheduled {DONE}", "Scheduled Pending Running Failed"
    expected = Counter({("double_later", done): 5, ("fail_later", failed): 1})
    comes_to_be(lambda: _shown(scene, "double_later", "fail_later"), expected)


def calls(scene: ClientScene) -> None:
    assert scene.result("callings") == [[1, 2, 2], [0, 1, 2]]
    again, done = "Scheduled Pending Running AwaitingRetry Retrying Completed", f"Scheduled {DONE}"
    expected = {("tried_again", again), ("calls_a_task", done), ("runs_a_flow", done)}
    comes_to_be(lambda: _shown(scene, *dict(expected)), Counter(expected))
    scene.shows(scene.flow_run("handing-in"), {Shown("from_a_flow", done): 3})
    _names_its_parent(scene)


def _names_its_parent(scene: ClientScene) -> None:
    within = {"task_runs": {"name": {"any_": ["within"]}, "flow_run_id": {"is_null_": True}}}
    (child,) = scene.post("/task_runs/filter", within)
    (above,) = child["task_inputs"]["__parents__"]
    assert scene.get(f"/task_runs/{above['id']}")["name"] == "calls_a_task"


def _shown(scene: ClientScene, *tasks: str) -> Counter[tuple[str, str]]:
    runs = scene.post("/task_runs/filter", {"task_runs": {"name": {"any_": tasks}}})
    return Counter((run["name"], scene.states(run)) for run in runs)


CHECKS: Mapping[str, Check] = {
    "result() of background tasks waits for a worker's": waits_for_results,
    "background tasks are tried again, call tasks and flows, and come from flows": calls,
}
