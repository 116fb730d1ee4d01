"""What is removed of a stream that two readers follow: nothing that one of them has yet to do."""

import sqlite3
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import boto3
import pytest

from local import settings
from local.cloudformation import template
from local.database import dynamodb, sqlite, tables
from local.event_sources import background, streams
from local.event_sources.records import Stream
from local.event_sources.streams import Consumer
from local.functions import Functions
from tests.local import sample

TABLE = "runledger-local"


class TwoReaders:
    """Consumers of one stream, each with a function that notes what it is called with."""

    def __init__(self, folder: Path, database: dynamodb.RunningDatabase) -> None:
        assert database.file
        loaded = template.load(sample.write(folder))
        self._folder = folder
        self._client = boto3.client("dynamodb", endpoint_url=database.endpoint)
        tables.create(self._client, loaded, TABLE, with_stream=True)
        sqlite.index_stream(database.file)
        mappings = [replace(loaded.streams[0], name=name) for name in ("one", "other")]
        self.consumers: list[Consumer] = streams.consumers(
            mappings,
            Stream(self._client, TABLE, database.endpoint),
            Functions(loaded),
            on_failure=lambda letter: pytest.fail(letter.text()),
            wait=lambda _: None,
            folder=folder,
        )
        self.file = database.file

    def write(self, *keys: str) -> None:
        for key in keys:
            self._client.put_item(TableName=TABLE, Item={"pk": {"S": key}})

    def step(self, *numbers: int) -> None:
        for number in numbers:
            self.consumers[number].process_next(lambda _: None)

    def kept_after_trimming(self) -> list[int]:
        background.trim(self.file, TABLE, self.consumers)
        with closing(sqlite3.connect(self.file)) as database:
            found = database.execute("SELECT sequence_number FROM _stream_records").fetchall()
        return [int(number) for (number,) in found]

    @property
    def taken(self) -> Counter[str]:
        return Counter(key for event in sample.noted(self._folder) for key in event["keys"])


@pytest.fixture
def readers(tmp_path: Path, dynoxide: object) -> Iterator[TwoReaders]:
    del dynoxide
    asked = settings.read({"DATA": settings.MEMORY})
    with dynamodb.running(asked, in_file=True) as database:
        yield TwoReaders(tmp_path, database)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
@pytest.mark.parametrize("count", [1, 7, 450])
def test_what_one_reader_has_not_handled_stays(
    readers: TwoReaders, first: int, second: int, count: int
) -> None:
    keys = [f"take-{number}" for number in range(count)]
    readers.write(*keys)
    readers.step(first)
    assert readers.kept_after_trimming() == list(range(1, count + 1))
    readers.step(second)
    assert readers.kept_after_trimming() == [count]
    assert readers.taken == Counter(keys * 2)


@pytest.mark.parametrize("behind", [0, 1])
def test_a_reader_whose_last_record_was_removed_goes_on_behind_it(
    readers: TwoReaders, behind: int
) -> None:
    readers.write("take-1", "take-2")
    readers.step(0, 1)
    readers.write("take-3", "take-4")
    readers.step(1 - behind)
    assert readers.kept_after_trimming() == [3, 4]
    readers.consumers[behind]._iterator = ""  # noqa: SLF001 as after a failure of the database
    readers.step(behind)
    assert readers.kept_after_trimming() == [4]
    assert set(readers.taken.values()) == {2}


def test_a_busy_database_is_trimmed_later(readers: TwoReaders) -> None:
    readers.write("take-1", "take-2")
    readers.step(0, 1)
    with closing(sqlite3.connect(readers.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert readers.kept_after_trimming() == [1, 2]
        other.execute("ROLLBACK")
    assert readers.kept_after_trimming() == [2]


def test_writes_go_on_while_records_are_removed(readers: TwoReaders) -> None:
    def follow() -> None:
        while not done.is_set():
            readers.step(0, 1)
            background.trim(readers.file, TABLE, readers.consumers)

    done = threading.Event()
    following = threading.Thread(target=follow)
    following.start()
    keys = [f"take-{number}" for number in range(300)]
    try:
        readers.write(*keys)
    finally:
        done.set()
        following.join()
    streams.pump(readers.consumers)
    assert readers.kept_after_trimming() == [300]
    assert readers.taken == Counter(keys * 2)
