"""A client of 2025: no subprotocol, no password in a message, no content type, no leases."""

from collections.abc import Mapping
from dataclasses import replace
from functools import wraps

from tests.conformance.clients.checks import background, flows, limits, serving, tasks
from tests.conformance.clients.scene import Check, Scene
from tests.conformance.clients.stock import OLD


def with_it(check: Check) -> Check:
    """The check, by programs in the environment of the old client."""

    @wraps(check)
    def checked(scene: Scene) -> None:
        check(Scene(replace(scene.stock, folder=OLD)))

    return checked


CHECKS: Mapping[str, Check] = {
    "an old client's flow of two tasks shows both": with_it(flows.runs_two_tasks),
    "an old client maps a task over 200 numbers": with_it(flows.maps),
    "an old client's flows in flows show as they are": with_it(flows.nests),
    "an old client's logs show by run and by task run": with_it(tasks.logs),
    "an old client's tagged tasks keep to a limit": with_it(limits.limits_tagged_tasks),
    "an old client waits for results of background tasks": with_it(background.waits_for_results),
    "an old client serves a flow to programs": with_it(serving.answers_programs),
}
