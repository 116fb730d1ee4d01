"""A server that asks for a password: who shows it is served as anybody, and others are refused."""

from collections.abc import Mapping
from dataclasses import replace

from tests.conformance.clients.checks import background, flows, submitted
from tests.conformance.clients.scene import Check, ClientScene, fails
from tests.conformance.clients.stock import Stock


def refuses_another(scene: ClientScene) -> None:
    _is_refused(replace(scene.stock, auth=f"{scene.stock.auth}?"))


def refuses_none(scene: ClientScene) -> None:
    _is_refused(replace(scene.stock, auth=None))


CHECKS: Mapping[str, Check] = {
    "with the password task.delay() submits runs": submitted.submits,
    "with the password prefect task-run ls shows them": submitted.lists,
    "with the password a flow's task runs show": flows.runs_two_tasks,
    "with the password result() of background tasks waits for a worker's": (
        background.waits_for_results
    ),
    "with another password all is refused": refuses_another,
    "without a password all is refused": refuses_none,
}


def _is_refused(stock: Stock) -> None:
    for ran in (stock.run("submit", "1"), stock.prefect("task-run", "ls")):
        fails(ran, "401 Unauthorized")
