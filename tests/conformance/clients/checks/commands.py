"""Prefect's commands: what they print, what they do, and what they say where they can't.

The checks follow each other in one home, on a server where there is nothing else.
"""

import json
from collections.abc import Mapping
from uuid import uuid4

from tests.conformance.clients.scene import (
    DONE,
    Check,
    ClientScene,
    Json,
    Shown,
    comes_to_be,
    contains,
    fails,
    succeeds,
)

UNKNOWN = str(uuid4())
# What commands tell of a run as the API does.
SAME = ("id", "name", "state_id", "state_name", "run_count", "start_time", "end_time", "tags")
NAME = "sums/daily"
ENDED = "Finished in state Completed()"


def runs(scene: ClientScene) -> None:
    """Make what the others look at."""
    scene.result("sums")
    add = Shown("add", DONE)
    scene.shows(scene.flow_run("sums"), {add: 1, Shown("sub-sum", f"Pending {DONE}"): 1})
    scene.shows(scene.flow_run("sub-sum"), {add: 1})


def lists_flows(scene: ClientScene) -> None:
    contains(_shown(scene, "flow", "ls"), scene.flow_run("sums")["flow_id"], "sums", "sub-sum")


def lists_flow_runs(scene: ClientScene) -> None:
    both = [scene.flow_run(name)["id"] for name in ("sums", "sub-sum")]
    contains(_shown(scene, "flow-run", "ls"), *both, "sums", "sub-sum", "COMPLETED")
    contains(_shown(scene, "flow-run", "ls", "--state", "COMPLETED"), *both)
    for narrowed in (("--flow-name", "sums"), ("--limit", "1", "--state-type", "COMPLETED")):
        shown = _shown(scene, "flow-run", "ls", *narrowed)
        assert sum(run_id in shown for run_id in both) == 1, shown


def inspects_flow_runs(scene: ClientScene) -> None:
    run = scene.flow_run("sums")
    as_text = json.loads(_shown(scene, "flow-run", "inspect", run["id"], "--output", "json"))
    assert _same(as_text) == _same(run)
    contains(_shown(scene, "flow-run", "inspect", run["id"]), run["id"], "parameters={'x': 2}")
    contains(_shown(scene, "flow-run", "watch", run["id"]), "already finished in 'Completed'")


def shows_logs_of_flow_runs(scene: ClientScene) -> None:
    run = scene.flow_run("sums")
    begun = f"Beginning flow run '{run['name']}' for flow 'sums'"
    expected = [begun, "let us see", "adding 2 and 3", ENDED, ENDED]
    comes_to_be(lambda: _logged(scene, "flow-run", run), expected)
    assert _logged(scene, "flow-run", run, "--reverse") == expected[::-1]
    assert _logged(scene, "flow-run", run, "--head", "-n", "2") == expected[:2]
    assert _logged(scene, "flow-run", run, "--tail", "-n", "3") == expected[-3:]


def shows_task_runs(scene: ClientScene) -> None:
    run = scene.task_run(scene.flow_run("sums"), "add")
    contains(_shown(scene, "task-run", "ls"), run["id"], run["name"], "sub-sum-0", "COMPLETED")
    as_text = json.loads(_shown(scene, "task-run", "inspect", run["id"], "--output", "json"))
    assert _same(as_text) == _same(run)
    assert _logged(scene, "task-run", run) == ["adding 2 and 3", ENDED]


def leaves_what_ended(scene: ClientScene) -> None:
    run_id = scene.flow_run("sums")["id"]
    ended = "Reason: 'Run is already in terminal state COMPLETED.'"
    fails(scene.stock.prefect("flow-run", "cancel", run_id), ended)


def misses(scene: ClientScene) -> None:
    for verb in ("logs", "cancel", "delete"):
        _is_missed(scene, f"Flow run '{UNKNOWN}' not found!", "flow-run", verb, UNKNOWN)
    _is_missed(scene, f"'{UNKNOWN}' not found!", "task-run", "logs", UNKNOWN)
    _is_missed(scene, "Deployment 'sums/none' not found!", "deployment", "inspect", "sums/none")


def shows_deployments(scene: ClientScene) -> None:
    deployment = _deployment(scene)
    contains(_shown(scene, "deployment", "ls"), deployment["id"], NAME)
    as_text = json.loads(_shown(scene, "deployment", "inspect", NAME, "--output", "json"))
    assert as_text["automations"] == []
    assert {key: as_text[key] for key in deployment} == deployment


def makes_runs_of_deployments(scene: ClientScene) -> None:
    deployment_id = _deployment(scene)["id"]
    _made(scene, NAME, "--param", "x=7", "--tag", "late", "--flow-run-name", "by name")
    _made(scene, "--id", deployment_id, "--params", '{"x": 4}', "--flow-run-name", "by id")
    _made(scene, NAME, "--start-in", "1h", "--flow-run-name", "later")
    made = {run["name"]: run for run in scene.flow_runs("sums")}
    assert {made[name]["deployment_id"] for name in PARAMETERS} == {deployment_id}
    assert {name: made[name]["parameters"]["x"] for name in PARAMETERS} == PARAMETERS
    assert {*made["by name"]["tags"]} >= {"office", "late"}
    assert {made[name]["state_type"] for name in PARAMETERS} == {"SCHEDULED"}


PARAMETERS = {"by name": 7, "by id": 4, "later": 3}


def refuses_parameters(scene: ClientScene) -> None:
    ran = scene.stock.prefect("deployment", "run", NAME, "--param", 'x="seven"')
    assert ran.code == 1, ran.as_text()
    contains(ran.out + ran.err, "Validation failed for field 'x'", "'seven' is not")


def cancels_what_waits(scene: ClientScene) -> None:
    later = _run(scene, "later")
    contains(_shown(scene, "flow-run", "cancel", later["id"]), "successfully scheduled for cancel")
    assert _run(scene, "later")["state_name"] == "Cancelled"


def deletes_flow_runs(scene: ClientScene) -> None:
    run_id = _run(scene, "by id")["id"]
    _shown(scene, "flow-run", "delete", run_id)
    _is_missed(scene, f"Flow run '{run_id}' not found!", "flow-run", "logs", run_id)


def deletes_deployments(scene: ClientScene) -> None:
    _shown(scene, "deployment", "delete", NAME)
    _is_missed(scene, f"Deployment '{NAME}' not found!", "deployment", "inspect", NAME)
    assert [run["name"] for run in scene.flow_runs("sums") if run["name"] == "by name"] == []


def limits_tags(scene: ClientScene) -> None:
    for command in (("create", "db", "2"), ("ls",), ("inspect", "db"), ("reset", "db")):
        contains(_shown(scene, "concurrency-limit", *command), "db")
    _shown(scene, "concurrency-limit", "delete", "db")
    missed = "No concurrency limit found for the tag: db"
    _is_missed(scene, missed, "concurrency-limit", "inspect", "db")


def limits_by_name(scene: ClientScene) -> None:
    for command in (("create", "--limit", "3"), ("disable",), ("update", "--limit", "4")):
        _shown(scene, "gcl", command[0], "api", *command[1:])
    as_text = json.loads(_shown(scene, "gcl", "inspect", "api", "--output", "json"))
    assert (as_text["name"], as_text["limit"], as_text["active"]) == ("api", 4, False)
    _shown(scene, "gcl", "enable", "api")
    contains(_shown(scene, "gcl", "ls"), as_text["id"], "True")
    _shown(scene, "gcl", "delete", "api")
    _is_missed(scene, "Global concurrency limit 'api' not found", "gcl", "inspect", "api")


def serves_tasks(scene: ClientScene) -> None:
    assert scene.result("task_serve") == 42


CHECKS: Mapping[str, Check] = {
    "a flow with a subflow runs, to be looked at by command": runs,
    "prefect flow ls shows flows": lists_flows,
    "prefect flow-run ls shows runs, by flow and state": lists_flow_runs,
    "prefect flow-run inspect shows all of one, and watch that it ended": inspects_flow_runs,
    "prefect flow-run logs shows lines, from both ends": shows_logs_of_flow_runs,
    "prefect task-run ls, inspect and logs show task runs": shows_task_runs,
    "prefect flow-run cancel leaves what ended": leaves_what_ended,
    "commands on what is not there say so": misses,
    "prefect deployment ls and inspect show a deployment": shows_deployments,
    "prefect deployment run makes runs, by name and id, now and later": makes_runs_of_deployments,
    "prefect deployment run refuses parameters that break the schema": refuses_parameters,
    "prefect flow-run cancel cancels what waits": cancels_what_waits,
    "prefect flow-run delete deletes": deletes_flow_runs,
    "prefect deployment delete deletes, and what waits goes with it": deletes_deployments,
    "prefect concurrency-limit limits tags": limits_tags,
    "prefect gcl creates, changes, shows and deletes limits": limits_by_name,
    "prefect task serve serves a background task": serves_tasks,
}


def _shown(scene: ClientScene, *command: str) -> str:
    ran = scene.stock.prefect(*command)
    succeeds(ran)
    return ran.out


def _same(run: Json) -> Json:
    return {key: run[key] for key in SAME}


def _is_missed(scene: ClientScene, saying: str, *command: str) -> None:
    ran = scene.stock.prefect(*command)
    fails(ran, saying)
    assert "Traceback" not in ran.err, ran.as_text()


def _logged(scene: ClientScene, kind: str, run: Json, *how: str) -> list[str]:
    """The lines without their times, levels and runs."""
    shown = _shown(scene, kind, "logs", run["id"], *how)
    return [line.partition(" - ")[2] for line in shown.splitlines() if line.strip()]


def _made(scene: ClientScene, *which: str) -> None:
    contains(_shown(scene, "deployment", "run", *which), "Created flow run")


def _deployment(scene: ClientScene) -> Json:
    return scene.get(f"/deployments/name/{NAME}")


def _run(scene: ClientScene, name: str) -> Json:
    return next(run for run in scene.flow_runs("sums") if run["name"] == name)
