"""Concurrency limits and rates, held by programs and managed by commands."""

from collections.abc import Mapping

from tests.conformance.clients.scene import Check, Scene, contains, fails, succeeds


def holds_slots(scene: Scene) -> None:
    succeeds(scene.stock.run("limits"))


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
    "prefect concurrency-limit limits tags": limits_tags,
    "prefect gcl creates, changes and shows limits": limits_by_name,
}
