"""Runs that schedules start in served deployments: one for each time, within limits."""

import json
import signal
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from tests.conformance.clients import periods, survival
from tests.conformance.clients.periods import Span
from tests.conformance.clients.scene import Check, ClientScene, Json, comes_to_be

# Seconds: a runner starts an interpreter for each run, on a busy machine one after the other.
PATIENCE = 170.0
INTERVAL = timedelta(seconds=5)
OF_A_MINUTE = timedelta(minutes=1) // INTERVAL
STEADY = {"name": "steady", "interval": INTERVAL.total_seconds()}
FREE = {"name": "free", "interval": 10}
# Their runs take longer than the interval.
CROWDED = {"interval": INTERVAL.total_seconds(), "parameters": {"seconds": 8}}
ENQUEUES = {**CROWDED, "name": "enqueues", "concurrency_limit": {"limit": 1}}
CANCEL_NEW = {"limit": 1, "collision_strategy": "CANCEL_NEW"}
CANCELS = {**CROWDED, "name": "cancels", "concurrency_limit": CANCEL_NEW}
SEEN = {
    "free": Counter(Completed=2),
    "enqueues": Counter(Completed=2, AwaitingConcurrencySlot=1),
    "cancels": Counter(Completed=1, Cancelled=1),
}
NONE: list[str] = []
ONE_DONE = Counter(Completed=1)


def keeps_time(_: ClientScene) -> None:
    """No time of a minute is left out or run twice, though the server is killed amid it."""
    with survival.site() as here:
        scene = ClientScene(here.stock)
        with _serving(scene, here.traces, STEADY):
            comes_to_be(lambda: _names(scene, "steady") & ONE_DONE, ONE_DONE, PATIENCE)
            here.restart(signal.SIGKILL)
            back = datetime.now(UTC)
            comes_to_be(lambda: _waiting(scene), NONE, PATIENCE)
            _pause(scene, "steady")
            comes_to_be(lambda: _unfinished(scene, back), NONE, PATIENCE)
        runs = _of_a_minute(scene)
        times = [run["expected_start_time"] for run in runs]
        assert _intervals(times) == {INTERVAL}, times
        begun = periods.traces(here.traces)
        completed = [run for run in runs if run["state_type"] == "COMPLETED"]
        assert not all(_taken_up_before(scene, run, back) for run in completed)
        assert {run["run_count"] for run in completed} == {1}
        assert all(begun[run["id"]].ended for run in completed)


def holds_limits(scene: ClientScene) -> None:
    """Of a deployment that may have one run at a time there are never two; another one goes on."""
    folder = scene.stock.home / "traces"
    folder.mkdir()
    with _serving(scene, folder, FREE, ENQUEUES, CANCELS):
        comes_to_be(lambda: _seen(scene), SEEN, PATIENCE)
    noted, now = periods.traces(folder), datetime.now(UTC)
    for name in ("enqueues", "cancels"):
        runs = scene.deployment_runs(name)
        begun = [noted[run["id"]] for run in runs if run["id"] in noted]
        assert periods.most_at_once(Span(one.began, one.ended or now) for one in begun) == 1
        assert periods.most_at_once(periods.slots(scene, runs)) == 1


CHECKS: Mapping[str, Check] = {
    "deployments with schedules and a limit of one never run two at once": holds_limits,
}
INTERRUPTED: Mapping[str, Check] = {
    "flow.serve(interval=5) leaves no time out, though the server is killed": keeps_time,
}


@contextmanager
def _serving(scene: ClientScene, folder: Path, *deployments: Json) -> Iterator[None]:
    texts = [json.dumps(deployment) for deployment in deployments]
    process = scene.stock.start("ticking", str(folder), *texts)
    try:
        yield
    finally:
        scene.stock.kill(process, PATIENCE)


def _names(scene: ClientScene, deployment: str) -> Counter[str]:
    return Counter(run["state_name"] for run in scene.deployment_runs(deployment))


def _seen(scene: ClientScene) -> dict[str, Counter[str]]:
    return {name: _names(scene, name) & wanted for name, wanted in SEEN.items()}


def _of_a_minute(scene: ClientScene) -> list[Json]:
    """The runs of the first minute."""
    return scene.deployment_runs("steady")[:OF_A_MINUTE]


def _waiting(scene: ClientScene) -> list[str]:
    """Return when runs are to begin that nobody has taken up."""
    waiting = (run for run in _of_a_minute(scene) if run["state_type"] == "SCHEDULED")
    return [run["expected_start_time"] for run in waiting]


def _intervals(times: list[str]) -> set[timedelta]:
    pairs = pairwise(datetime.fromisoformat(time) for time in times)
    return {later - time for time, later in pairs}


def _pause(scene: ClientScene, deployment: str) -> None:
    found = scene.get(f"/deployments/name/tick/{deployment}")
    scene.post(f"/deployments/{found['id']}/pause_deployment", {})


def _unfinished(scene: ClientScene, back: datetime) -> list[str]:
    """The states of runs that did not complete, but for those taken up before the server was back.

    A client that can't reach the API when its run begins gives it up, and may not come to say so.
    """
    runs = [run for run in _of_a_minute(scene) if run["state_type"] != "COMPLETED"]
    return [scene.flow_states(run) for run in runs if not _taken_up_before(scene, run, back)]


def _taken_up_before(scene: ClientScene, run: Json, back: datetime) -> bool:
    return any(time < back for time in periods.taken_up(scene, run))
