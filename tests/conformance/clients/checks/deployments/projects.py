"""A project with a prefect.yaml: deployed by command, late without a worker, run by one."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tests.conformance.clients.scene import (
    Check,
    ClientScene,
    Json,
    comes_to_be,
    contains,
    succeeds,
)
from tests.conformance.clients.stock import PROGRAMS

# Enough for a command; who misses it has the next time of the interval.
SOON = timedelta(seconds=25)
# The reference looks every five seconds for late runs, Runledger each minute.
LATE_AFTER, LOOKED_FOR_WITHIN = timedelta(seconds=15), timedelta(seconds=80)
PATIENCE = 170.0
QUEUES = {"steady": "fast", "nightly": "default", "by-hand": "default"}
ROME = "Europe/Rome"


def is_deployed_and_run(scene: ClientScene) -> None:
    """Three deployments; the first run of one is late, since it has no worker; then it has one."""
    succeeds(scene.stock.prefect("work-pool", "create", "yard", "--type", "process"))
    project = replace(scene.stock, within=_project(scene))
    deployed = project.prefect("--no-prompt", "deploy", "--all")
    succeeds(deployed)
    contains(deployed.out, *(f"'collect/{name}' successfully created" for name in QUEUES))
    made = {name: scene.get(f"/deployments/name/collect/{name}") for name in QUEUES}
    assert {name: one["work_queue_name"] for name, one in made.items()} == QUEUES
    _is_as_written(made, scene.stock.home / "project")
    run = _late(scene)
    succeeds(project.prefect("worker", "start", "--pool", "yard", "--run-once"))
    states = "Scheduled Late Pending Submitting Running Completed"
    comes_to_be(lambda: scene.flow_states(run), states, PATIENCE)


CHECKS: Mapping[str, Check] = {
    "prefect deploy makes what prefect.yaml says, late until a worker runs it": is_deployed_and_run,
}


def _project(scene: ClientScene) -> Path:
    folder = scene.stock.home / "project"
    folder.mkdir()
    soon = (datetime.now(UTC) + SOON).isoformat()
    for path in (PROGRAMS / "project").iterdir():
        text = path.read_text("utf-8").replace("FOLDER", str(folder)).replace("SOON", soon)
        (folder / path.name).write_text(text, "utf-8")
    return folder


def _is_as_written(made: Mapping[str, Json], folder: Path) -> None:
    steady, nightly, by_hand = made.values()
    told = (steady["version"], steady["tags"], steady["description"], steady["parameters"])
    assert told == ("7", ["orders"], "the orders of now", {"shop": "north"})
    cron, interval = sorted(steady["schedules"], key=lambda one: "interval" in one["schedule"])
    assert (cron["schedule"]["cron"], cron["active"]) == ("0 4 * * *", False)
    assert cron["parameters"] == {"shop": "south"}
    assert (interval["schedule"]["interval"], interval["slug"]) == (120.0, "shifts")
    assert {one["schedule"]["timezone"] for one in steady["schedules"]} == {ROME}
    assert steady["job_variables"] == {"env": {"SHOP": "north"}}
    pull = [{"prefect.deployments.steps.set_working_directory": {"directory": str(folder)}}]
    assert [one["pull_steps"] for one in made.values()] == [pull] * len(made)
    assert nightly["job_variables"] == {"working_dir": str(folder)}
    assert nightly["global_concurrency_limit"]["limit"] == 1
    assert nightly["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    contains(nightly["schedules"][0]["schedule"]["rrule"], "FREQ=DAILY;BYHOUR=3;BYMINUTE=0")
    assert (by_hand["schedules"], by_hand["job_variables"]) == ([], {})


def _late(scene: ClientScene) -> Json:
    """The first run of a schedule, once it is late: not before the reference names it so."""
    run = scene.deployment_runs("steady")[0]
    comes_to_be(lambda: scene.flow_states(run), "Scheduled Late", PATIENCE)
    *_, late = scene.get("/flow_run_states/", flow_run_id=run["id"])
    due = datetime.fromisoformat(run["expected_start_time"])
    delay = datetime.fromisoformat(late["timestamp"]) - due
    assert LATE_AFTER <= delay <= LOOKED_FOR_WITHIN, delay
    return run
