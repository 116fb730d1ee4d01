"""Periods of the program `ticking`'s runs, by its own notes and by the API."""

import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from tests.conformance.clients.scene import ClientScene, Json

# Of requests that come in together, the one that is first may be decided last.
ONE_MOMENT = timedelta(seconds=0.5)


class Trace(NamedTuple):
    """The begin of a run, in a process that this one started, and its end, if it ended."""

    began: datetime
    parent: int
    ended: datetime | None = None


class Span(NamedTuple):
    began: datetime
    ended: datetime


def traces(folder: Path) -> Mapping[str, Trace]:
    """The traces in a folder by the ids of their runs, each of which began once."""
    return {path.name: _trace(path) for path in folder.iterdir() if path.stat().st_size}


def _trace(path: Path) -> Trace:
    steps = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    words = [step["is"] for step in steps]
    assert words in (["begun"], ["begun", "ended"]), f"run {path.name}: {words}"
    began, *ended = (datetime.fromtimestamp(step["time"], UTC) for step in steps)
    return Trace(began, steps[0]["parent"], *ended)


def taken_up(scene: ClientScene, run: Json) -> list[datetime]:
    """Return when a run became `Pending`: from then on it has a slot."""
    states = scene.get("/flow_run_states/", flow_run_id=run["id"])
    pending = (state for state in states if state["name"] == "Pending")
    return [datetime.fromisoformat(state["timestamp"]) for state in pending]


def slots(scene: ClientScene, runs: Iterable[Json]) -> Iterator[Span]:
    """Return when runs had a slot, but for the last moment."""
    for run in runs:
        ended = datetime.fromisoformat(run["end_time"]) if run["end_time"] else datetime.now(UTC)
        for began in taken_up(scene, run)[-1:]:
            yield Span(began, ended - ONE_MOMENT)


def most_at_once(periods: Iterable[Span]) -> int:
    """Return how many periods there were at the same time, at most."""
    changes = sorted(change for period in periods for change in _changes(period))
    now = most = 0
    for _, change in changes:
        now += change
        most = max(most, now)
    return most


def _changes(period: Span) -> Iterator[tuple[datetime, int]]:
    yield period.began, 1
    yield period.ended, -1
