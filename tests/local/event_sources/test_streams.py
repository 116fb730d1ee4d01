from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import pytest

from local import processes, settings
from local.cloudformation import template
from local.database import dynamodb, tables
from local.event_sources import streams
from local.event_sources.records import Stream
from local.functions import Functions
from tests.local import sample
from tests.support.databases import DynamoDB, Engine
from tests.support.streaming import Streaming


class StreamedTable:
    """A table whose stream calls the sample's function."""

    def __init__(self, engine: Engine, folder: Path, **settings: Any) -> None:
        """Create the table; the settings replace those of the sample's mapping."""
        loaded = template.load(sample.write(folder))
        loaded = replace(loaded, streams=tuple(replace(m, **settings) for m in loaded.streams))
        self._database = DynamoDB(*engine, f"runledger-{uuid4()}")
        self._folder = folder
        tables.create(engine.boto3, loaded, self._database.table)
        self.streaming = Streaming(loaded, self._database)

    def put(self, *keys: str, **attributes: str) -> None:
        for key in keys:
            item = {name: {"S": value} for name, value in attributes.items()}
            self._database.client.put_item(
                TableName=self._database.table, Item={"pk": {"S": key}, **item}
            )

    def delete(self, key: str) -> None:
        self._database.client.delete_item(TableName=self._database.table, Key={"pk": {"S": key}})

    @property
    def batches(self) -> list[list[str]]:
        """The keys of each batch that the function was called with."""
        self.streaming.pump()
        return [event["keys"] for event in sample.recorded_events(self._folder)]

    @property
    def dead_letters(self) -> list[list[str]]:
        self.streaming.pump()
        return [
            [record["dynamodb"]["Keys"]["pk"]["S"] for record in letter.records]
            for letter in self.streaming.dead_letters
        ]


@pytest.fixture
def make_table(dynoxide: Engine, tmp_path: Path) -> Callable[..., StreamedTable]:
    """Return a factory that takes settings of the mapping."""
    return partial(StreamedTable, dynoxide, tmp_path)


@pytest.fixture(params=["moto", "dynoxide"])
def table(request: pytest.FixtureRequest, tmp_path: Path) -> StreamedTable:
    return StreamedTable(request.getfixturevalue(request.param), tmp_path)


def test_records_come_in_their_order(table: StreamedTable) -> None:
    table.put("take-2", "take-1", "take-3")
    assert table.batches == [["take-2", "take-1", "take-3"]]


def test_records_come_once(table: StreamedTable) -> None:
    table.put("take-1")
    assert table.batches == table.batches


def test_a_batch_has_a_size(table: StreamedTable) -> None:
    table.put(*[f"take-{number}" for number in range(25)])
    assert [len(batch) for batch in table.batches] == [10, 10, 5]


def test_only_records_that_match_a_filter_come(table: StreamedTable) -> None:
    table.put("leave", "take-1")
    table.put("take-1", kept="no")
    assert table.batches == [["take-1"]]


def test_one_filter_is_enough(table: StreamedTable) -> None:
    table.put("a", kept="yes")
    table.put("b")
    table.delete("a")
    table.delete("b")
    assert table.batches == [["a"]]


def test_a_record_has_the_form_of_lambda(table: StreamedTable, tmp_path: Path) -> None:
    table.put("take-1", kept="yes")
    assert table.batches
    (record,) = sample.recorded_events(tmp_path)[0]["Records"]
    change = record["dynamodb"]
    assert (record["eventName"], record["eventSource"]) == ("INSERT", "aws:dynamodb")
    assert record["eventSourceARN"].startswith("arn:aws:dynamodb:")
    assert change["Keys"] == {"pk": {"S": "take-1"}}
    assert change["NewImage"] == {"pk": {"S": "take-1"}, "kept": {"S": "yes"}}
    assert isinstance(change["ApproximateCreationDateTime"], int | float)


def test_a_batch_is_repeated_from_the_first_failure(table: StreamedTable) -> None:
    table.put("take-1", "take-refuse", "take-2")
    assert table.batches[:2] == [["take-1", "take-refuse", "take-2"], ["take-refuse", "take-2"]]


def test_a_record_that_always_fails_becomes_a_dead_letter_alone(table: StreamedTable) -> None:
    table.put("take-1", "take-refuse", "take-2")
    assert table.dead_letters == [["take-refuse"]]


def test_records_behind_a_failure_are_processed(table: StreamedTable) -> None:
    table.put("take-1", "take-refuse", "take-2")
    assert table.batches[-1] == ["take-2"]


def test_a_failure_is_repeated_as_often_as_the_mapping_says(table: StreamedTable) -> None:
    table.put("take-refuse")
    assert table.batches == [["take-refuse"]] * 3


def test_a_function_that_crashes_has_its_batch_halved(
    table: StreamedTable, capsys: pytest.CaptureFixture[str]
) -> None:
    table.put("take-1", "take-2", "take-crash", "take-3")
    assert table.batches[1:3] == [["take-1", "take-2"], ["take-crash", "take-3"]]
    assert table.dead_letters == [["take-crash"]]
    assert "RuntimeError" in capsys.readouterr().err


def test_a_dead_letter_has_its_function_and_its_reason(table: StreamedTable) -> None:
    table.put("take-refuse")
    table.streaming.pump()
    (letter,) = table.streaming.dead_letters
    assert (letter.operation, letter.condition) == ("take", "RetryAttemptsExhausted")


def test_a_schedule_calls_its_function(table: StreamedTable, tmp_path: Path) -> None:
    table.streaming.run_schedule("take")
    (event,) = sample.recorded_events(tmp_path)
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")


def test_a_mapping_can_start_at_the_latest_record(tmp_path: Path, dynoxide: Engine) -> None:
    loaded = template.load(sample.write(tmp_path))
    database = DynamoDB(*dynoxide, f"runledger-{uuid4()}")
    tables.create(dynoxide.boto3, loaded, database.table, with_stream=True)
    database.client.put_item(TableName=database.table, Item={"pk": {"S": "take-1"}})
    mappings = tuple(replace(mapping, starts_latest=True) for mapping in loaded.streams)
    streaming = Streaming(replace(loaded, streams=mappings), database)
    database.client.put_item(TableName=database.table, Item={"pk": {"S": "take-2"}})
    streaming.pump()
    assert [event["keys"] for event in sample.recorded_events(tmp_path)] == [["take-2"]]


def test_a_record_that_is_too_old_is_given_up(make_table: Callable[..., StreamedTable]) -> None:
    table = make_table(max_record_age=-3600.0)
    table.put("take-1")
    assert (table.batches, table.dead_letters) == ([], [["take-1"]])


def test_a_batch_is_not_halved_unless_the_mapping_says_so(
    make_table: Callable[..., StreamedTable],
) -> None:
    table = make_table(bisects=False)
    table.put("take-crash", "take-1")
    assert table.batches == [["take-crash", "take-1"]] * 3


def test_reported_failures_count_only_if_the_mapping_says_so(
    make_table: Callable[..., StreamedTable],
) -> None:
    table = make_table(reports_failures=False)
    table.put("take-refuse")
    assert (table.batches, table.dead_letters) == ([["take-refuse"]], [])


def test_without_filters_every_record_comes(make_table: Callable[..., StreamedTable]) -> None:
    table = make_table(filters=())
    table.put("leave")
    table.delete("leave")
    assert table.batches == [["leave", "leave"]]


def test_a_stream_that_does_not_answer_is_read_again_later(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    table, waited = "runledger-local", list[float]()
    chosen = {
        "DATA": str(tmp_path / "data"),
        "DYNAMODB_PORT": str(processes.free_port("127.0.0.1")),
    }
    with dynamodb.running(settings.read(chosen)) as running:
        client = boto3.client("dynamodb", endpoint_url=running.endpoint)
        tables.create(client, loaded, table, with_stream=True)
        stream = Stream(client, table, running.endpoint)
        (consumer,) = streams.consumers(
            loaded.streams, stream, Functions(loaded), on_failure=print, wait=waited.append
        )
        client.put_item(TableName=table, Item={"pk": {"S": "take-1"}})
    assert consumer.poll(waited.append)
    assert waited == [1.0]
    with dynamodb.running(settings.read(chosen)):
        assert consumer.poll(waited.append)
    assert [event["keys"] for event in sample.recorded_events(tmp_path)] == [["take-1"]]


def test_a_batch_is_gathered_for_as_long_as_the_mapping_says(
    tmp_path: Path, dynoxide: Engine
) -> None:
    loaded = template.load(sample.write(tmp_path))
    table, waited = f"runledger-{uuid4()}", list[float]()
    tables.create(dynoxide.boto3, loaded, table, with_stream=True)
    stream = Stream(dynoxide.boto3, table, dynoxide.endpoint)

    def put(key: str) -> None:
        dynoxide.client.put_item(TableName=table, Item={"pk": {"S": key}})

    def wait(seconds: float) -> None:
        waited.append(seconds)
        put("take-2")

    mappings = [replace(mapping, window=5.0) for mapping in loaded.streams]
    (consumer,) = streams.consumers(
        mappings, stream, Functions(loaded), on_failure=print, wait=wait
    )
    put("take-1")
    consumer.process_next(wait)
    assert [event["keys"] for event in sample.recorded_events(tmp_path)] == [["take-1", "take-2"]]
    assert waited == [5.0]
