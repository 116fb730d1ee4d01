import shutil
import signal
import sqlite3
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local import sample
from tests.local.serving import ServerProcess, application, processes_of, serving
from tests.support.databases import own_client
from tests.support.waiting import wait_until

pytestmark = pytest.mark.costly_fixture

NEXT_NUMBER = """
    EXPLAIN QUERY PLAN
    SELECT COALESCE(MAX(CAST(sequence_number AS INTEGER)), 0) + 1
    FROM _stream_records WHERE table_name = ?1
"""


@pytest.fixture(scope="module")
def used(tmp_path_factory: pytest.TempPathFactory, dynoxide: object) -> Path:
    """A folder in which a server has run."""
    del dynoxide  # fails if it is not available
    folder = application(tmp_path_factory.mktemp("used"))
    with serving(folder) as server:
        write(server, folder, 5)
        server.end(signal.SIGTERM)
    return folder


@pytest.fixture
def folder(used: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    return copy(used, tmp_path / "copy")


@pytest.fixture(scope="module")
def trimmed(used: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which another server has started since."""
    folder = copy(used, tmp_path_factory.mktemp("trimmed") / "copy")
    with serving(folder):
        pass
    assert processes_of(folder) == []  # its database ends a moment after it
    return folder


def copy(folder: Path, target: Path) -> Path:
    """Copy a folder with its data; its server and its database have ended."""
    return shutil.copytree(folder, target, symlinks=True)


def write(server: ServerProcess, folder: Path, count: int) -> None:
    """Write items, and wait until the function has processed them."""
    before = len(keys_of_events(folder))
    for number in range(before, before + count):
        httpx.post(f"{server.url}/items", content=f"take-{number}")
    wait_until(lambda: len(keys_of_events(folder)) >= before + count)


def keys_of_events(folder: Path) -> list[str]:
    return [key for event in sample.recorded_events(folder) for key in event["keys"]]


def query(folder: Path, sql: str, *parameters: str) -> list[Any]:
    with closing(sqlite3.connect(folder / ".runledger" / "runledger.db")) as database:
        return database.execute(sql, parameters).fetchall()


def test_a_write_searches_no_stream(folder: Path) -> None:
    ((*_, plan),) = query(folder, NEXT_NUMBER, "runledger-local")
    assert "USING INDEX" in plan


def test_a_server_that_starts_removes_processed_records(trimmed: Path) -> None:
    assert query(trimmed, "SELECT sequence_number FROM _stream_records") == [("5",)]


def test_records_after_that_are_processed(trimmed: Path, tmp_path: Path) -> None:
    folder = copy(trimmed, tmp_path / "copy")
    with serving(folder) as server:
        write(server, folder, 1)
    assert keys_of_events(folder) == [f"take-{number}" for number in range(6)]


COUNT = "SELECT COUNT(*) FROM _stream_records"
FILE_SIZE = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
LENGTH = 10_000  # bytes of an item


def count_records(folder: Path) -> int:
    """The number of the stream's records: wait until the processed ones are removed."""
    with suppress(TimeoutError):
        wait_until(lambda: query(folder, COUNT) == [(1,)])
    ((found,),) = query(folder, COUNT)
    return int(found)


@pytest.mark.parametrize("count", [1, 40, 700])
def test_a_server_that_runs_removes_processed_records(
    tmp_path: Path, dynoxide: object, count: int
) -> None:
    del dynoxide
    with serving(application(tmp_path)) as server:
        put(server, count)
        wait_until(lambda: len(keys_of_events(tmp_path)) >= count)
        assert count_records(tmp_path) == 1
        write(server, tmp_path, 1)
        assert count_records(tmp_path) == 1
    assert len(keys_of_events(tmp_path)) == len(set(keys_of_events(tmp_path))) == count + 1


def test_the_file_grows_no_more_where_items_are_written_again(
    tmp_path: Path, dynoxide: object
) -> None:
    """Its size depends on how many records wait at once: at most all of one round.

    So the items and one round's records, each with an old and a new image, fit into it. If removed
    records left their pages unused, the records of each round would need pages of their own.
    """
    del dynoxide
    items, letters = 100 * LENGTH, "abcdef"
    with serving(application(tmp_path)) as server:
        for letter in letters:
            put(server, 100, text=letter * LENGTH)
            assert count_records(tmp_path) == 1
        ((size,),) = query(tmp_path, FILE_SIZE)
    without_reuse = items + (2 * len(letters) - 1) * items
    assert size < items + 2 * items + items < without_reuse / 2


def test_records_that_were_not_processed_outlive_the_server(
    tmp_path: Path, dynoxide: object
) -> None:
    del dynoxide
    with serving(application(tmp_path)) as server:
        put(server, 20)
        assert count_records(tmp_path) == 1
        stuck = ["take-slow", "take-behind", "take-last"]
        for key in stuck:
            httpx.post(f"{server.url}/items", content=key)
        server.end(signal.SIGKILL)
    done = {key for key in keys_of_events(tmp_path) if key not in stuck}
    with serving(tmp_path) as server:
        write(server, tmp_path, 1)
        assert count_records(tmp_path) == 1
    assert done | {*stuck} <= {*keys_of_events(tmp_path)}
    assert all(keys_of_events(tmp_path).count(key) == 1 for key in done)


def put(server: ServerProcess, count: int, text: str = "") -> None:
    """Write so many items without the functions."""
    database = own_client(server.database)
    for number in range(count):
        item = {"pk": {"S": f"take-{number}"}, "text": {"S": text}}
        database.put_item(TableName="runledger-local", Item=item)
