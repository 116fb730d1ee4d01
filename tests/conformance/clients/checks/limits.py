"""Concurrency limits and rates, held by programs."""

from collections.abc import Mapping

from tests.conformance.clients.scene import DONE, Check, ClientScene, Shown, succeeds


def holds_slots(scene: ClientScene) -> None:
    succeeds(scene.stock.run("limits"))


def limits_tagged_tasks(scene: ClientScene) -> None:
    assert scene.result("tagged") == 2
    run = scene.flow_run("tagged")
    scene.shows(run, {Shown("narrow", DONE): 6})
    assert all(task_run["tags"] == ["narrow"] for task_run in scene.task_runs(run))
    assert scene.get("/concurrency_limits/tag/narrow")["active_slots"] == []
    assert scene.get("/v2/concurrency_limits/tag:narrow")["active_slots"] == 0


CHECKS: Mapping[str, Check] = {
    "concurrency(), tags and rate_limit() hold no more slots than there are": holds_slots,
    "mapped tasks of one tag run two at a time, and leave the slots free": limits_tagged_tasks,
}
