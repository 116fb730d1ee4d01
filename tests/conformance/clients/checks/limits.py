"""Concurrency limits and rates, held by programs and managed by commands."""

from collections.abc import Mapping

from tests.conformance.clients.scene import DONE, Check, Scene, Shown, contains, fails, succeeds


def holds_slots(scene: Scene) -> None:
    succeeds(scene.stock.run("limits"))


def limits_tagged_tasks(scene: Scene) -> None:
    assert scene.result("tagged") == 2
    run = scene.flow_run("tagged")
    scene.shows(run, {Shown("narrow", DONE): 6})
    assert all(task_run["tags"] == ["narrow"] for task_run in scene.task_runs(run))
    assert scene.get("/concurrency_limits/tag/narrow")["active_slots"] == []
    assert scene.get("/v2/concurrency_limits/tag:narrow")["active_slots"] == 0


def limits_tags(scene: Scene) -> None:
    for command in (("create", "db", "2"), ("inspect", "db"), ("delete", "db")):
        succeeds(scene.stock.prefect("concurrency-limit", *command))
    gone = scene.stock.prefect("concurrency-limit", "inspect", "db")
    fails(gone, "No concurrency limit found for the tag: db")


def limits_by_name(scene: Scene) -> None:
    for command in (("create", "api", "--limit", "3"), ("update", "api", "--limit", "4"), ("ls",)):
        succeeds(scene.stock.prefect("gcl", *command))
    shown = scene.stock.prefect("gcl", "inspect", "api")
    contains(shown.out, "name='api'", "limit=4")


CHECKS: Mapping[str, Check] = {
    "concurrency(), tags and rate_limit() hold no more slots than there are": holds_slots,
    "mapped tasks of one tag run two at a time, and leave the slots free": limits_tagged_tasks,
    "prefect concurrency-limit limits tags": limits_tags,
    "prefect gcl creates, changes and shows limits": limits_by_name,
}
