"""Trimming of a stream with two consumers: no record goes that one of them has yet to process."""

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


class TwoConsumers:
    """Consumers of one stream, each with a function that records its events."""

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

    def process_next(self, *numbers: int) -> None:
        for number in numbers:
            self.consumers[number].process_next(lambda _: None)

    def remaining_after_trimming(self) -> list[int]:
        background.trim(self.file, TABLE, self.consumers)
        with closing(sqlite3.connect(self.file)) as database:
            found = database.execute("SELECT sequence_number FROM _stream_records").fetchall()
        return [int(number) for (number,) in found]

    @property
    def processed(self) -> Counter[str]:
        return Counter(
            key for event in sample.recorded_events(self._folder) for key in event["keys"]
        )


@pytest.fixture
def pair(tmp_path: Path, dynoxide: object) -> Iterator[TwoConsumers]:
    del dynoxide
    chosen = settings.read({"DATA": settings.MEMORY})
    with dynamodb.running(chosen, in_file=True) as database:
        yield TwoConsumers(tmp_path, database)


@pytest.mark.parametrize(("first", "second"), [(0, 1), (1, 0)])
@pytest.mark.parametrize("count", [1, 7, 450])
def test_records_that_one_consumer_has_not_processed_stay(
    pair: TwoConsumers, first: int, second: int, count: int
) -> None:
    keys = [f"take-{number}" for number in range(count)]
    pair.write(*keys)
    pair.process_next(first)
    assert pair.remaining_after_trimming() == list(range(1, count + 1))
    pair.process_next(second)
    assert pair.remaining_after_trimming() == [count]
    assert pair.processed == Counter(keys * 2)


@pytest.mark.parametrize("behind", [0, 1])
def test_a_consumer_whose_last_record_was_removed_continues_behind_it(
    pair: TwoConsumers, behind: int
) -> None:
    pair.write("take-1", "take-2")
    pair.process_next(0, 1)
    pair.write("take-3", "take-4")
    pair.process_next(1 - behind)
    assert pair.remaining_after_trimming() == [3, 4]
    pair.consumers[behind]._iterator = ""  # noqa: SLF001 as after a failure of the database
    pair.process_next(behind)
    assert pair.remaining_after_trimming() == [4]
    assert set(pair.processed.values()) == {2}


def test_a_busy_database_is_trimmed_later(pair: TwoConsumers) -> None:
    pair.write("take-1", "take-2")
    pair.process_next(0, 1)
    with closing(sqlite3.connect(pair.file, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert pair.remaining_after_trimming() == [1, 2]
        other.execute("ROLLBACK")
    assert pair.remaining_after_trimming() == [2]


def test_writes_go_on_while_records_are_removed(pair: TwoConsumers) -> None:
    def consume() -> None:
        while not done.is_set():
            pair.process_next(0, 1)
            background.trim(pair.file, TABLE, pair.consumers)

    done = threading.Event()
    consuming = threading.Thread(target=consume)
    consuming.start()
    keys = [f"take-{number}" for number in range(300)]
    try:
        pair.write(*keys)
    finally:
        done.set()
        consuming.join()
    streams.pump(pair.consumers)
    assert pair.remaining_after_trimming() == [300]
    assert pair.processed == Counter(keys * 2)
