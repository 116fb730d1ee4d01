"""The reference under measurement: its server on SQLite, with nothing else to do."""

import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

from tests.bench.loading import Add, entered
from tests.bench.questions import RUNS_PER_FLOW_RUN, Call, run_body
from tests.bench.sides import Server, ask
from tests.conformance import servers

Row = dict[str, Any]
TIMES = {
    "created",
    "updated",
    "expected_start_time",
    "start_time",
    "end_time",
    "state_timestamp",
    "timestamp",
}


class Reference(NamedTuple):
    server: Server
    add: Add


@contextmanager
def running() -> Iterator[Reference]:
    with tempfile.TemporaryDirectory() as home, servers.reference(home=Path(home)) as url:
        server = Server(url)
        yield Reference(server, Copying(server, Path(home) / "prefect.db").add)


@dataclass(frozen=True)
class Copying:
    """Adds runs as copies of one that the server made: through its API 50,000 take an hour."""

    server: Server
    database: Path

    def add(self, numbers: range, flow_runs: Sequence[str]) -> Iterator[str]:
        flow_run = flow_runs[numbers.start // RUNS_PER_FLOW_RUN]
        made = ask(self.server, Call("POST", "/task_runs/", run_body(numbers.start, flow_run)))
        yield made["id"]
        with closing(sqlite3.connect(self.database, timeout=60)) as database, database:
            run = _row(database, "task_run", made["id"])
            state = _row(database, "task_run_state", made["state_id"])
            for number in numbers[1:]:
                new = {
                    made["id"]: str(uuid4()),
                    made["state_id"]: str(uuid4()),
                    flow_run: flow_runs[number // RUNS_PER_FLOW_RUN],
                }
                _insert(database, "task_run", _copy(run, new, number))
                _insert(database, "task_run_state", _copy(state, new, number))
                yield new[made["id"]]


def _row(database: sqlite3.Connection, table: str, row_id: str) -> Row:
    found = database.execute(f"SELECT * FROM {table} WHERE id = ?", [row_id])  # noqa: S608 our table
    return dict(zip([name for name, *_ in found.description], found.fetchone(), strict=True))


def _copy(pattern: Row, new: Mapping[str, str], number: int) -> Row:
    """The row with other ids, wherever they stand in it, and the run's own name and times."""
    own = {time: f"{entered(number):%Y-%m-%d %H:%M:%S.%f}" for time in TIMES & pattern.keys()}
    if "dynamic_key" in pattern:
        own |= {key: run_body(number, None)[key] for key in ("name", "dynamic_key")}
    return {column: _replaced(value, new) for column, value in pattern.items()} | own


def _replaced(value: object, new: Mapping[str, str]) -> object:
    if isinstance(value, str):
        for before, after in new.items():
            value = value.replace(before, after)
    return value


def _insert(database: sqlite3.Connection, table: str, row: Row) -> None:
    columns, places = ", ".join(row), ", ".join("?" * len(row))
    statement = f"INSERT INTO {table} ({columns}) VALUES ({places})"  # noqa: S608 as above
    database.execute(statement, list(row.values()))
