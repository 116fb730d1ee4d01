"""Runs for a reference, as copies of some that it made: by its API, 50,000 take an hour."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol
from uuid import uuid4

from tests.bench.questions import RUNS_PER_FLOW_RUN, Call, entered, run_body, state_type, tag
from tests.bench.servers.sides import MeasuredServer, ask

Row = dict[str, Any]
TIMES = {
    "created",
    "updated",
    "expected_start_time",
    "next_scheduled_start_time",
    "start_time",
    "end_time",
    "state_timestamp",
    "timestamp",
}
TABLES = ("task_run", "task_run_state")


class Database(Protocol):
    """The database behind a reference."""

    def row(self, table: str, row_id: str) -> Row:
        """Return what stands there, as far as JSON can say it."""

    def insert(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Add rows to tables."""

    def spell(self, time: datetime) -> str:
        """Spell a time as a column holds it."""


@dataclass(frozen=True)
class Pattern:
    """The rows of a run that the server made, as text, and what in it is the run's own."""

    rows: Mapping[str, str]
    number: int
    own: Sequence[str]

    def copy(self, table: str, new: Sequence[str], times: str, number: int) -> Row:
        text = self.rows[table]
        for before, after in zip(self.own, new, strict=True):
            text = text.replace(before, after)
        row: Row = json.loads(text)
        row |= dict.fromkeys([time for time in TIMES & row.keys() if row[time]], times)
        if "dynamic_key" in row:
            row |= {key: run_body(number, None)[key] for key in ("name", "dynamic_key")}
        return row


@dataclass(frozen=True)
class Copying:
    """Adds runs to a reference: the first in each type of state by its API."""

    server: MeasuredServer
    database: Database
    patterns: dict[str, Pattern] = field(default_factory=dict)

    def add(self, numbers: range, flow_runs: Sequence[str]) -> Iterator[str]:
        rows: dict[str, list[Row]] = {table: [] for table in TABLES}
        for number in numbers:
            flow_run, kind = flow_runs[number // RUNS_PER_FLOW_RUN], state_type(number)
            if kind not in self.patterns:
                self.patterns[kind] = self._made(number, flow_run)
                yield self.patterns[kind].own[0]
                continue
            new = [str(uuid4()), str(uuid4()), flow_run, tag(number)]
            times = self.database.spell(entered(number))
            for table in TABLES:
                rows[table].append(self.patterns[kind].copy(table, new, times, number))
            yield new[0]
        self.database.insert(rows)

    def _made(self, number: int, flow_run: str) -> Pattern:
        made = ask(self.server, Call("POST", "/task_runs/", run_body(number, flow_run)))
        ids = (made["id"], made["state_id"])
        rows = {
            table: json.dumps(self.database.row(table, row_id))
            for table, row_id in zip(TABLES, ids, strict=True)
        }
        return Pattern(rows, number, [*ids, flow_run, tag(number)])
