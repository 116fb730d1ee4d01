"""Clients of 2025: that of 3.2.0 knows no subprotocol, no content type and no leases."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import wraps
from pathlib import Path

from tests.conformance.clients.checks import background, flows, limits, tasks
from tests.conformance.clients.checks.deployments import serving
from tests.conformance.clients.scene import Check, ClientScene
from tests.conformance.clients.stock import OLD

CLAIMS: Mapping[str, Check] = {
    "a flow of two tasks shows both": flows.runs_two_tasks,
    "maps a task over 200 numbers": flows.maps,
    "flows in flows show as they are": flows.nests,
    "logs show by run and by task run": tasks.logs,
    "tagged tasks keep to a limit": limits.limits_tagged_tasks,
    "waits for results of background tasks": background.waits_for_results,
    "serves a flow to programs": serving.answers_programs,
}


def _by(folder: Path, check: Check) -> Check:
    """The check, by programs in the environment of an old client."""

    @wraps(check)
    def checked(scene: ClientScene) -> None:
        check(ClientScene(replace(scene.stock, folder=folder)))

    return checked


CHECKS: Sequence[Mapping[str, Check]] = [
    {f"client {version}: {claim}": _by(folder, check) for claim, check in CLAIMS.items()}
    for version, folder in OLD.items()
]
