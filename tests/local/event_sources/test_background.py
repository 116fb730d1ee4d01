import json
import signal
import time
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import boto3
import httpx
import pytest

from local.cloudformation import template
from local.database import tables
from tests.local import sample
from tests.local.serving import ServerProcess, application, serving


@pytest.fixture(scope="module", autouse=True)
def _with_dynoxide(dynoxide: object) -> None:
    """Fail if dynoxide, the usual database, is not available."""


def put(server: ServerProcess, *keys: str) -> None:
    for key in keys:
        assert httpx.post(f"{server.url}/items", content=key).is_success


def taken(folder: Path, count: int = 1) -> list[str]:
    """The keys that the function was called with: wait until there are so many."""
    found: list[str] = []
    for _ in range(1000):
        found = list(chain.from_iterable(event["keys"] for event in sample.recorded_events(folder)))
        if len(found) >= count:
            break
        time.sleep(0.01)
    return found


def checkpoint(folder: Path) -> str:
    """Wait for the checkpoint, which the server writes when the function has answered."""
    for _ in range(1000):
        if files := list(folder.glob(".runledger/*.checkpoint")):
            break
        time.sleep(0.01)
    (file,) = files
    return file.read_text()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return application(tmp_path_factory.mktemp("served"))


@pytest.fixture(scope="module")
def server(folder: Path) -> Iterator[ServerProcess]:
    with serving(folder, DATA=":memory:") as server:
        yield server


def test_a_write_calls_the_functions_of_the_stream(server: ServerProcess, folder: Path) -> None:
    before = taken(folder, 0)
    put(server, "take-1")
    assert taken(folder, len(before) + 1) == [*before, "take-1"]


def test_a_write_of_another_process_calls_them_too(server: ServerProcess, folder: Path) -> None:
    before = taken(folder, 0)
    database = boto3.client("dynamodb", endpoint_url=server.database)
    database.put_item(TableName="runledger-local", Item={"pk": {"S": "take-2"}})
    assert taken(folder, len(before) + 1) == [*before, "take-2"]


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGKILL])
def test_a_server_continues_at_the_checkpoint_of_the_last_one(
    tmp_path: Path, how: signal.Signals
) -> None:
    application(tmp_path)
    with serving(tmp_path) as server:
        put(server, "take-1")
        checkpoint(tmp_path)
        server.end(how)
    with serving(tmp_path) as server:
        put(server, "take-2")
        assert taken(tmp_path, 2) == ["take-1", "take-2"]


def test_the_next_server_calls_a_function_again_that_was_killed(tmp_path: Path) -> None:
    application(tmp_path)
    with serving(tmp_path) as server:
        put(server, "take-slow")
        taken(tmp_path)
        server.end(signal.SIGKILL)
    with serving(tmp_path):
        assert taken(tmp_path, 2) == ["take-slow", "take-slow"]


def test_the_end_of_the_server_waits_for_a_running_function(tmp_path: Path) -> None:
    application(tmp_path)
    with serving(tmp_path) as server:
        put(server, "take-slow")
        taken(tmp_path)
        server.end(signal.SIGTERM)
    with serving(tmp_path) as server:
        put(server, "take-1")
        assert taken(tmp_path, 2) == ["take-slow", "take-1"]


def test_records_that_a_function_fails_at_become_dead_letters(tmp_path: Path) -> None:
    with serving(application(tmp_path)) as server:
        put(server, "take-refuse", "take-1")
        assert taken(tmp_path, 4)[-1] == "take-1"
        server.end(signal.SIGTERM)
        assert server.process.stdout
        output = server.process.stdout.read()
    file = tmp_path / ".runledger" / "dead-letters.jsonl"
    (letter,) = map(json.loads, file.read_text().splitlines())
    assert letter["records"][0]["dynamodb"]["Keys"]["pk"]["S"] == "take-refuse"
    assert f"take failed on 1 records, kept in {file}" in output


def test_a_table_of_its_own_that_has_no_stream_gets_one(tmp_path: Path) -> None:
    application(tmp_path)
    with serving(tmp_path) as server:
        database = boto3.client("dynamodb", endpoint_url=server.database)
        database.update_table(
            TableName="runledger-local", StreamSpecification={"StreamEnabled": False}
        )
    with serving(tmp_path) as server:
        put(server, "take-1")
        assert taken(tmp_path) == ["take-1"]


def test_a_table_of_another_database_gets_none(server: ServerProcess, tmp_path: Path) -> None:
    application(tmp_path)
    database = boto3.client("dynamodb", endpoint_url=server.database)
    tables.create(database, template.load(tmp_path / "template.yaml"), "without-a-stream")
    settings = {"DYNAMODB_ENDPOINT": server.database, "TABLE_NAME": "without-a-stream"}
    with serving(tmp_path, **settings) as other:
        assert "This server does not read the stream of table without-a-stream" in other.welcome


def test_moto_has_a_stream_too(tmp_path: Path) -> None:
    with serving(application(tmp_path, with_dynoxide=False)) as server:
        put(server, "take-1")
        assert taken(tmp_path) == ["take-1"]
