"""Task runs made from events, as simply as the contract puts it.

See docs/contract/clients.md 5.4.

The naive twin of `domain/events/recorder.py` and `store/events/recordings.py`: rows in a
dictionary, one event at a time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.reporting.building import JSON

# What is compared: columns that no server fills in by itself.
COLUMNS = ("name", "task_key", "dynamic_key", "tags", "labels", "run_count", "flow_run_id")


@dataclass
class Row:
    columns: JSON
    time: datetime
    states: dict[str, tuple[datetime, str]] = field(default_factory=dict)


@dataclass
class Rows:
    rows: dict[str, Row] = field(default_factory=dict)
    known: set[tuple[str, datetime]] = field(default_factory=set)

    def report(self, event: JSON) -> None:
        time = datetime.fromisoformat(event["occurred"])
        if event["event"].startswith("prefect.task-run") and (event["id"], time) not in self.known:
            self._record(event, time)
        self.known.add((event["id"], time))

    def delete(self, run_id: str) -> None:
        self.rows.pop(run_id, None)

    def _record(self, event: JSON, time: datetime) -> None:
        said = event["payload"]["task_run"] | {"flow_run_id": _flow_run(event)}
        run_id = self._found(said) or event["resource"]["prefect.resource.id"].split(".")[-1]
        row = self.rows.setdefault(run_id, Row({"tags": [], "labels": None, "run_count": 0}, time))
        times = {entered for entered, _ in row.states.values()}
        if event["id"] in row.states or time in times:
            return
        if not row.states or time > row.time:
            row.columns |= said
            row.time = time
        row.states[event["id"]] = time, event["payload"]["validated_state"]["type"]

    def _found(self, said: JSON) -> str | None:
        key = [said[name] for name in ("flow_run_id", "task_key", "dynamic_key")]
        return said["flow_run_id"] and next(
            (
                run_id
                for run_id, row in self.rows.items()
                if [row.columns[n] for n in ("flow_run_id", "task_key", "dynamic_key")] == key
            ),
            None,
        )

    def shown(self) -> dict[str, Any]:
        return {run_id: _shown(row) for run_id, row in self.rows.items()}


def _flow_run(event: JSON) -> str | None:
    resources = (one for one in event["related"] if one["prefect.resource.role"] == "flow-run")
    first = next(resources, None)
    return first["prefect.resource.id"].split(".")[-1] if first else None


def _shown(row: Row) -> tuple[JSON, str, list[Any]]:
    columns = {name: row.columns[name] for name in COLUMNS}
    entered = sorted((time, state_id, kind) for state_id, (time, kind) in row.states.items())
    return columns, entered[-1][1], entered


def runs_of(events: Iterable[JSON]) -> dict[str, Any]:
    """Return the runs that are shown once events came in this order."""
    rows = Rows()
    for event in events:
        rows.report(event)
    return rows.shown()
