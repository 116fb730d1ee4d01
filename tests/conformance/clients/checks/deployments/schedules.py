"""Commands about a deployment's schedules, each on a deployment that was made anew.

Some are about all deployments, so they follow each other on a server of their own.
"""

import json
from collections.abc import Mapping
from uuid import uuid4

from tests.conformance.clients.scene import Check, ClientScene, Json, contains, fails, succeeds

NAME = "etl/nightly"
NIGHTLY = {"schedule": {"cron": "0 4 * * *"}}
HOURLY = {"schedule": {"interval": 3600}}
DAILY = "DTSTART:20240101T000000\nFREQ=DAILY"
YES = "--accept-yes"


def creates(scene: ClientScene) -> None:
    _deploy(scene)
    timings = {"cron": "@daily", "interval": "60", "rrule": DAILY}
    for kind, timing in timings.items():
        as_text = _told(scene, "create", NAME, f"--{kind}", timing, "--timezone", "Europe/Rome")
        contains(as_text, "Created deployment schedule!")
    made = [one["schedule"] for one in reversed(_schedules(scene))]
    assert [one[kind] for one, kind in zip(made, timings, strict=True)] == ["@daily", 60.0, DAILY]
    assert {one["timezone"] for one in made} == {"Europe/Rome"}


def replaces(scene: ClientScene) -> None:
    _deploy(scene, NIGHTLY, HOURLY)
    as_text = _told(scene, "create", NAME, "--cron", "@weekly", "--replace", YES)
    contains(as_text, "Replaced existing deployment schedules with new schedule!")
    assert [one["schedule"]["cron"] for one in _schedules(scene)] == ["@weekly"]


def lists(scene: ClientScene) -> None:
    hourly, nightly = _deploy(scene, NIGHTLY, HOURLY)
    shown = _told(scene, "ls", NAME)
    contains(shown, nightly["id"], "cron: 0 4 * * *", hourly["id"], "interval: 1:00:00s", "True")
    as_text = json.loads(_told(scene, "ls", NAME, "--output", "json"))
    assert [one["id"] for one in as_text] == [hourly["id"], nightly["id"]]


def pauses_one(scene: ClientScene) -> None:
    hourly, nightly = _deploy(scene, NIGHTLY, HOURLY)
    contains(_told(scene, "pause", NAME, nightly["id"]), "Paused schedule", NAME)
    assert _activity(scene) == {nightly["id"]: False, hourly["id"]: True}
    again = scene.stock.prefect("deployment", "schedule", "pause", NAME, nightly["id"])
    fails(again, "is already inactive")
    contains(_told(scene, "resume", NAME, nightly["id"]), "Resumed schedule", NAME)
    assert _activity(scene) == {nightly["id"]: True, hourly["id"]: True}


def pauses_all(scene: ClientScene) -> None:
    _deploy(scene, NIGHTLY, HOURLY, NIGHTLY | {"active": False})
    contains(_told(scene, "pause", "--all"), "Paused 2 deployment schedule(s).")
    assert set(_activity(scene).values()) == {False}
    contains(_told(scene, "resume", "--all"), "Resumed 3 deployment schedule(s).")
    assert set(_activity(scene).values()) == {True}


def deletes(scene: ClientScene) -> None:
    hourly, nightly = _deploy(scene, NIGHTLY, HOURLY)
    contains(_told(scene, "delete", NAME, nightly["id"], YES), "Deleted deployment schedule")
    assert _activity(scene) == {hourly["id"]: True}
    unknown = scene.stock.prefect("deployment", "schedule", "delete", NAME, str(uuid4()), YES)
    fails(unknown, "Deployment schedule not found!")


def clears(scene: ClientScene) -> None:
    _deploy(scene, NIGHTLY, HOURLY)
    contains(_told(scene, "clear", NAME, YES), f"Cleared all schedules for deployment {NAME}")
    assert _schedules(scene) == []


CHECKS: Mapping[str, Check] = {
    "prefect deployment schedule create adds schedules of each kind": creates,
    "prefect deployment schedule create --replace leaves the new one": replaces,
    "prefect deployment schedule ls lists schedules": lists,
    "prefect deployment schedule pause and resume stop one and let it go on": pauses_one,
    "prefect deployment schedule pause --all and resume --all do so with all": pauses_all,
    "prefect deployment schedule delete takes one away": deletes,
    "prefect deployment schedule clear takes all away": clears,
}


def _deploy(scene: ClientScene, *schedules: Json) -> list[Json]:
    """Make the one deployment that there is with these schedules, and return them."""
    flow, _, deployment = NAME.partition("/")
    asked = {"name": deployment, "flow_id": scene.post("/flows/", {"name": flow})["id"]}
    scene.post("/deployments/", {**asked, "schedules": schedules})
    return _schedules(scene)


def _told(scene: ClientScene, *command: str) -> str:
    ran = scene.stock.prefect("deployment", "schedule", *command)
    succeeds(ran)
    return ran.out


def _schedules(scene: ClientScene) -> list[Json]:
    """The schedules, the one that changed last first."""
    deployment = scene.get(f"/deployments/name/{NAME}")
    found: list[Json] = scene.get(f"/deployments/{deployment['id']}/schedules")
    return found


def _activity(scene: ClientScene) -> dict[str, bool]:
    return {one["id"]: one["active"] for one in _schedules(scene)}
