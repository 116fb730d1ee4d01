"""Flows: what they return, and what the API then shows of them and their task runs."""

import time
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from tests.conformance.clients.scene import (
    DONE,
    Check,
    ClientScene,
    Json,
    Shown,
    comes_to_be,
    succeeds,
)

# Seconds: a program begins, and its tasks.
LONG = 90.0

FAILED = "Pending Running Failed"


def runs_two_tasks(scene: ClientScene) -> None:
    assert scene.result("two_tasks", "20") == 42
    run = scene.flow_run("two-tasks")
    assert scene.flow_states(run) == DONE
    assert run["parameters"] == {"x": 20}
    scene.shows(run, {Shown("double", DONE): 1, Shown("add_two", DONE): 1})


def maps(scene: ClientScene) -> None:
    assert scene.result("mapped") == sum(range(201))
    scene.shows(scene.flow_run("mapped"), {Shown("one_more", DONE): 200})


def nests(scene: ClientScene) -> None:
    """The run that stands for a flow in the flow above is pending before that flow is, and then."""
    assert scene.result("nested") == 14
    outer, middle, inner, failing = (
        scene.flow_run(f"nested-{name}") for name in ("outer", "middle", "inner", "failing")
    )
    square = Shown("square", DONE)
    scene.shows(outer, {Shown("nested-middle", f"Pending {DONE}"): 1, square: 1})
    failed = Shown("nested-failing", f"Pending {FAILED}")
    scene.shows(middle, {Shown("nested-inner", f"Pending {DONE}"): 1, failed: 1})
    scene.shows(inner, {square: 1})
    for above, below in ((outer, middle), (middle, inner), (middle, failing)):
        _mirrors(scene, above, below)


def _mirrors(scene: ClientScene, above: Json, below: Json) -> None:
    run = scene.get(f"/task_runs/{below['parent_task_run_id']}")
    assert run["state_type"] == below["state_type"]
    assert _seconds_between(run["start_time"], below["start_time"]) < 1
    assert _seconds_between(run["end_time"], below["end_time"]) < 1
    assert run["flow_run_id"] == above["id"]
    assert run["state"]["state_details"]["child_flow_run_id"] == below["id"]


def _seconds_between(one: str, other: str) -> float:
    return abs((datetime.fromisoformat(one) - datetime.fromisoformat(other)).total_seconds())


def retries(scene: ClientScene) -> None:
    assert scene.result("retrying") == 2
    run = scene.flow_run("retrying")
    assert run["run_count"] == 2
    comes_to_be(lambda: scene.flow_states(run), "Pending Running AwaitingRetry Running Completed")
    patient = "Pending Running AwaitingRetry Retrying AwaitingRetry Retrying Completed"
    hopeless = Shown("hopeless", "Pending Running Retrying Failed", 2)
    scene.shows(run, {Shown("twice_wrong", patient, 3): 1, hopeless: 1})
    _waits_between_attempts(scene, run)


def _waits_between_attempts(scene: ClientScene, flow_run: Json) -> None:
    """As many seconds as the program says; for a flow, half a second early is on time."""
    run = scene.task_run(flow_run, "twice_wrong")
    first, second = _seconds_waited(scene.get("/task_run_states/", task_run_id=run["id"]))
    assert first >= 0.5
    assert second >= 1
    (flow_waited,) = _seconds_waited(scene.get("/flow_run_states/", flow_run_id=flow_run["id"]))
    assert flow_waited >= 1.5


def _seconds_waited(history: list[Json]) -> list[float]:
    return [
        _seconds_between(before["timestamp"], after["timestamp"])
        for before, after in pairwise(history)
        if before["name"] == "AwaitingRetry"
    ]


def fails(scene: ClientScene) -> None:
    states = dict(scene.result("failing"))
    assert set(states) == {"Failed", "TimedOut"}, states
    run = scene.flow_run("failing")
    unready = "Pending NotReady"
    expected = {Shown("second", unready, 0): 1, Shown("third", unready, 0): 1}
    scene.shows(run, {Shown("failing_first", FAILED): 1, Shown("unharmed", DONE): 1, **expected})
    slow = scene.flow_run("slow")
    assert (slow["state_type"], slow["state"]["message"]) == ("FAILED", states["TimedOut"])


def ends(scene: ClientScene) -> None:
    assert scene.result("endings") == "interrupted"
    run = scene.flow_run("endings")
    crashed = "Pending Running Crashed"
    comes_to_be(lambda: scene.flow_states(run), crashed)
    expected = {
        "too_late": "Pending Running TimedOut",
        "special": "Pending Running Special",
        "gives_up": FAILED,
        "tolerant": DONE,
        "one_by_one": DONE,
        "undone": f"{DONE} RolledBack",
        "undoing": FAILED,
        "interrupted": crashed,
    }
    scene.shows(run, {Shown(task, states): 1 for task, states in expected.items()})


def is_cancelled(scene: ClientScene) -> None:
    """Without a runner nobody ends the program, but what it comes to is no longer taken."""
    assert scene.result("cancelled") == ["CANCELLING", "Cancelling"]
    run = scene.flow_run("cancelled")
    assert scene.flow_states(run) == "Pending Running Cancelling"
    scene.shows(run, {Shown(task, DONE): 1 for task in ("first", "cancel", "last")})


def meets_no_older_server(scene: ClientScene) -> None:
    """A client compares its version with the server's, and warns where its own is the newer one."""
    ran = scene.stock.run("two_tasks", "20")
    succeeds(ran)
    assert "older version" not in ran.as_text(), ran.as_text()


def is_deleted_while_it_maps(scene: ClientScene) -> None:
    _is_deleted(scene, tasks=100, seconds=0.1, begun=1)


def is_deleted_while_its_tasks_run(scene: ClientScene) -> None:
    _is_deleted(scene, tasks=16, seconds=4, begun=16)


def _is_deleted(scene: ClientScene, *, tasks: int, seconds: float, begun: int) -> None:
    """Delete it when so many of its task runs have begun; later reports have no effect.

    Whether all that it says has been heard can't be told, so it is looked at for some seconds.
    """
    flow = f"deleted-{tasks}"
    program = scene.stock.start("deleted", flow, str(tasks), str(seconds))
    comes_to_be(lambda: len(scene.flow_runs(flow)), 1, within=LONG)
    run = scene.flow_run(flow)
    comes_to_be(lambda: len(scene.task_runs(run)) >= begun, expected=True, within=LONG)
    path, left = f"/flow_runs/{run['id']}", {"flow_run_id": {"any_": [run["id"]]}}
    assert scene.delete(path) == 204
    assert scene.delete(path) == 404
    program.wait(timeout=scene.stock.longest)
    comes_to_be(lambda: scene.post("/task_runs/count", {"task_runs": left}), 0)
    time.sleep(3)
    assert scene.post("/task_runs/count", {"task_runs": left}) == 0
    assert scene.flow_runs(flow) == []


def creates_in_a_flow_run(scene: ClientScene) -> None:
    succeeds(scene.stock.run("flow_run"))


CHECKS: Mapping[str, Check] = {
    "an async flow maps a task over 200 numbers": maps,
    "a flow of two tasks shows both, with all their states": runs_two_tasks,
    "flows in flows show as task runs that are as they are": nests,
    "tasks and flows are tried again, after their delays": retries,
    "a failed task leaves others not ready, a flow fails, another takes too long": fails,
    "tasks time out, end as they say, are rolled back and crash": ends,
    "prefect flow-run cancel reaches a flow while it runs": is_cancelled,
    "a program is not warned that the server is older than it": meets_no_older_server,
    "a flow is deleted while it maps a task: nothing of it is left": is_deleted_while_it_maps,
    "a flow is deleted while 16 tasks run: nothing of it is left": is_deleted_while_its_tasks_run,
    "get_client() creates one run for each dynamic key of a flow run": creates_in_a_flow_run,
}
