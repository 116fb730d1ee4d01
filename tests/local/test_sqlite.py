import signal
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local import sample
from tests.local.serving import Running, application, serving

NEXT_NUMBER = """
    EXPLAIN QUERY PLAN
    SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
    FROM _stream_records WHERE table_name = ?1
"""


@pytest.fixture
def folder(tmp_path: Path, dynoxide: object) -> Path:
    """Where a server has run, and another can."""
    del dynoxide  # says so when it can't be had
    with serving(application(tmp_path)) as server:
        write(server, tmp_path, 5)
        server.end(signal.SIGTERM)
    return tmp_path


def write(server: Running, folder: Path, count: int) -> None:
    """Write items, and wait until they are followed."""
    before = len(noted(folder))
    for number in range(before, before + count):
        httpx.post(f"{server.url}/items", content=f"take-{number}")
    while len(noted(folder)) < before + count:
        pass


def noted(folder: Path) -> list[str]:
    return [key for event in sample.noted(folder) for key in event["keys"]]


def ask(folder: Path, query: str, *given: str) -> list[Any]:
    with closing(sqlite3.connect(folder / ".runledger" / "runledger.db")) as database:
        return database.execute(query, given).fetchall()


def test_a_write_searches_no_stream(folder: Path) -> None:
    ((*_, plan),) = ask(folder, NEXT_NUMBER, "runledger-local")
    assert "USING INDEX" in plan


def test_a_server_that_starts_forgets_what_was_followed(folder: Path) -> None:
    with serving(folder):
        pass
    assert ask(folder, "SELECT sequence_number FROM _stream_records") == [("5",)]


def test_what_is_written_then_is_followed(folder: Path) -> None:
    with serving(folder):
        pass
    with serving(folder) as server:
        write(server, folder, 1)
    assert noted(folder) == [f"take-{number}" for number in range(6)]
