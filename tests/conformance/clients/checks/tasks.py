"""Tasks: what they are given, keep, log and wait for, as the API then shows it."""

import csv
import io
from collections.abc import Iterator, Mapping

from tests.conformance.clients.scene import (
    DONE,
    PAGE,
    Check,
    ClientScene,
    Json,
    Shown,
    comes_to_be,
    task_of,
)

LINES = 20_000


def caches(scene: ClientScene) -> None:
    first = scene.result("caching")
    assert scene.result("caching") == first
    made, cached = scene.flow_runs("caching")
    assert first == f"1 by {made['id']}"
    scene.shows(made, {Shown("expensive", DONE): 1})
    scene.shows(cached, {Shown("expensive", "Pending Running Cached"): 1})
    run = scene.task_run(cached, "expensive")
    assert (run["state_type"], run["task_version"]) == ("COMPLETED", "1")
    for flow_run in (made, cached):
        assert scene.result("remembered", flow_run["id"]) == [first, first]


def is_given(scene: ClientScene) -> None:
    assert scene.result("inputs") == "done for somebody"
    run = scene.flow_run("inputs")
    assert run["name"] == "inputs of somebody"
    assert run["parameters"] == {"owner": "somebody", "numbers": [1, 2], "more": 3}
    expected = {
        "make-1": {"x": []},
        "make-2": {"x": []},
        "combine": {"left": ["make-1"], "both": ["make-1", "make-2"], "right": []},
        "afterwards": {"whose": [], "wait_for": ["combine", "make-2"]},
    }
    comes_to_be(lambda: dict(_inputs(scene, run)), expected)


def _inputs(scene: ClientScene, flow_run: Json) -> Iterator[tuple[str, dict[str, list[str]]]]:
    """Return each task's inputs, by the names of the runs they come from."""
    runs = scene.task_runs(flow_run)
    names = {run["id"]: _name(run) for run in runs}
    for run in runs:
        inputs = run["task_inputs"].items()
        yield _name(run), {key: sorted(names[one["id"]] for one in of) for key, of in inputs}


def _name(run: Json) -> str:
    name: str = run["name"]
    return name if name.startswith("make-") else task_of(run)


FIRST = [*(f"first says {number}" for number in range(3)), "Finished in state Completed()"]
OTHER = ["a warning, with ünïcode", "printed", "Finished in state Completed()"]


def logs(scene: ClientScene) -> None:
    scene.result("logs")
    run = scene.flow_run("logging-flow")
    begins = [f"Beginning flow run '{run['name']}' for flow 'logging-flow'", "the flow begins"]
    ends = ["the flow ends", "Finished in state Completed()"]
    of_the_run = {"flow_run_id": {"any_": [run["id"]]}}
    comes_to_be(lambda: _said(scene, of_the_run), [*begins, *FIRST, *OTHER, *ends])
    of_no_task = {**of_the_run, "task_run_id": {"is_null_": True}}
    assert _said(scene, of_no_task) == [*begins, *ends]
    for task, said in (("first", FIRST), ("other", OTHER)):
        of_the_task = {"task_run_id": {"any_": [scene.task_run(run, task)["id"]]}}
        assert _said(scene, of_the_task) == said
    loud = {**of_the_run, "level": {"ge_": 30}}
    assert _said(scene, loud, "TIMESTAMP_DESC") == [ends[0], OTHER[0]]


def _said(scene: ClientScene, of: Json, sort: str = "TIMESTAMP_ASC") -> list[str]:
    return [log["message"] for log in scene.post("/logs/filter", {"logs": of, "sort": sort})]


def logs_much(scene: ClientScene) -> None:
    scene.result("many_lines", str(LINES))
    run = scene.flow_run("many-lines")
    said = [f"row {number:05} of customers.csv was read" for number in range(LINES)]
    ends = (
        f"Beginning flow run '{run['name']}' for flow 'many-lines'",
        "Finished in state Completed()",
    )
    said = [ends[0], *said, ends[1]]
    comes_to_be(lambda: _downloaded(scene, run), said)
    wanted = {"logs": {"flow_run_id": {"any_": [run["id"]]}}}
    for sort, expected in (("TIMESTAMP_ASC", said), ("TIMESTAMP_DESC", said[::-1])):
        for offset in (0, LINES // 2, LINES - PAGE // 2):
            page = scene.post("/logs/filter", {**wanted, "sort": sort, "offset": offset})
            assert [log["message"] for log in page] == expected[offset : offset + PAGE]


def _downloaded(scene: ClientScene, run: Json) -> list[str]:
    """All that a flow run logged, as one file has it."""
    table = scene.text(f"/flow_runs/{run['id']}/logs/download")
    return [row["message"] for row in csv.DictReader(io.StringIO(table, newline=""))]


def runs_alone(scene: ClientScene) -> None:
    assert scene.result("alone") == 3
    expected = sorted([DONE, DONE, "Pending Running Retrying Failed"])
    comes_to_be(lambda: sorted(map(scene.states, _outside(scene))), expected)
    of_no_flow = [run["flow_run_id"] for run in _outside(scene)]
    assert of_no_flow == [None] * 3
    tagged = [set(run["tags"]) for run in _outside(scene) if run["name"] == "alone"]
    assert tagged == [{"alone", "outside"}] * 2


def _outside(scene: ClientScene) -> list[Json]:
    named = {"task_runs": {"tags": {"all_": ["outside"]}}}
    runs: list[Json] = scene.post("/task_runs/filter", named)
    return runs


CHECKS: Mapping[str, Check] = {
    "a result is cached for another run, and read by other processes": caches,
    "parameters, results of others and wait_for show as inputs, and runs are named": is_given,
    "get_run_logger() logs by run and by task run, in order": logs,
    "a flow that logs 20,000 lines finds each once, and in order": logs_much,
    "tasks outside of any flow show": runs_alone,
}
