import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from tests.local import sample
from tests.local.serving import Running, application, serving
from tests.support.waiting import wait_until

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
    wait_until(lambda: len(noted(folder)) >= before + count)


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


KEPT = "SELECT COUNT(*) FROM _stream_records"
PAGES = "SELECT page_count FROM pragma_page_count()"


def kept(folder: Path) -> int:
    """How many records the stream has, once what was followed has been removed."""
    with suppress(TimeoutError):
        wait_until(lambda: ask(folder, KEPT) == [(1,)])
    ((found,),) = ask(folder, KEPT)
    return int(found)


@pytest.mark.parametrize("count", [1, 40, 700])
def test_a_server_that_runs_forgets_what_was_followed(
    tmp_path: Path, dynoxide: object, count: int
) -> None:
    del dynoxide
    with serving(application(tmp_path)) as server:
        put(server, count)
        wait_until(lambda: len(noted(tmp_path)) >= count)
        assert kept(tmp_path) == 1
        write(server, tmp_path, 1)
        assert kept(tmp_path) == 1
    assert len(noted(tmp_path)) == len(set(noted(tmp_path))) == count + 1


def test_the_file_grows_no_more_where_items_are_written_again(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    grown: list[int] = []
    with serving(application(tmp_path)) as server:
        for letter in "abcd":
            put(server, 100, text=letter * 10_000)
            assert kept(tmp_path) == 1
            grown += ask(tmp_path, PAGES)[0]
    assert grown[3] - grown[1] < grown[0] / 4


def test_what_was_not_followed_outlives_the_server(tmp_path: Path, dynoxide: object) -> None:
    del dynoxide
    with serving(application(tmp_path)) as server:
        put(server, 20)
        assert kept(tmp_path) == 1
        stuck = ["take-slow", "take-behind", "take-last"]
        for key in stuck:
            httpx.post(f"{server.url}/items", content=key)
        server.end(signal.SIGKILL)
    done = {key for key in noted(tmp_path) if key not in stuck}
    with serving(tmp_path) as server:
        write(server, tmp_path, 1)
        assert kept(tmp_path) == 1
    assert done | {*stuck} <= {*noted(tmp_path)}
    assert all(noted(tmp_path).count(key) == 1 for key in done)


def put(server: Running, count: int, text: str = "") -> None:
    """Write as many items, past the functions."""
    database = boto3.client("dynamodb", endpoint_url=server.database)
    for number in range(count):
        item = {"pk": {"S": f"take-{number}"}, "text": {"S": text}}
        database.put_item(TableName="runledger-local", Item=item)
