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


class Following:
    """The sample's function, behind the stream of a table."""

    def __init__(self, engine: Engine, folder: Path, **settings: Any) -> None:
        """Change settings of the sample's mapping."""
        loaded = template.load(sample.write(folder))
        loaded = replace(loaded, streams=tuple(replace(m, **settings) for m in loaded.streams))
        self._database = DynamoDB(*engine, f"runledger-{uuid4()}")
        self._folder = folder
        tables.create(engine.client, loaded, self._database.table)
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
    def taken(self) -> list[list[str]]:
        """The keys of each batch that the function was called with."""
        self.streaming.pump()
        return [event["keys"] for event in sample.noted(self._folder)]

    @property
    def dead(self) -> list[list[str]]:
        self.streaming.pump()
        return [
            [record["dynamodb"]["Keys"]["pk"]["S"] for record in letter.records]
            for letter in self.streaming.dead_letters
        ]


@pytest.fixture
def follow(dynoxide: Engine, tmp_path: Path) -> Callable[..., Following]:
    """With other settings."""
    return partial(Following, dynoxide, tmp_path)


@pytest.fixture(params=["moto", "dynoxide"])
def following(request: pytest.FixtureRequest, tmp_path: Path) -> Following:
    return Following(request.getfixturevalue(request.param), tmp_path)


def test_records_come_in_their_order(following: Following) -> None:
    following.put("take-2", "take-1", "take-3")
    assert following.taken == [["take-2", "take-1", "take-3"]]


def test_records_come_once(following: Following) -> None:
    following.put("take-1")
    assert following.taken == following.taken


def test_a_batch_has_a_size(following: Following) -> None:
    following.put(*[f"take-{number}" for number in range(25)])
    assert [len(batch) for batch in following.taken] == [10, 10, 5]


def test_only_what_a_filter_lets_through_comes(following: Following) -> None:
    following.put("leave", "take-1")
    following.put("take-1", kept="no")
    assert following.taken == [["take-1"]]


def test_one_filter_is_enough(following: Following) -> None:
    following.put("a", kept="yes")
    following.put("b")
    following.delete("a")
    following.delete("b")
    assert following.taken == [["a"]]


def test_a_record_is_as_lambda_hands_it_over(following: Following, tmp_path: Path) -> None:
    following.put("take-1", kept="yes")
    assert following.taken
    (record,) = sample.noted(tmp_path)[0]["Records"]
    change = record["dynamodb"]
    assert (record["eventName"], record["eventSource"]) == ("INSERT", "aws:dynamodb")
    assert record["eventSourceARN"].startswith("arn:aws:dynamodb:")
    assert change["Keys"] == {"pk": {"S": "take-1"}}
    assert change["NewImage"] == {"pk": {"S": "take-1"}, "kept": {"S": "yes"}}
    assert isinstance(change["ApproximateCreationDateTime"], int | float)


def test_a_batch_is_repeated_from_the_first_failure(following: Following) -> None:
    following.put("take-1", "take-refuse", "take-2")
    assert following.taken[:2] == [["take-1", "take-refuse", "take-2"], ["take-refuse", "take-2"]]


def test_what_always_fails_is_buried_alone(following: Following) -> None:
    following.put("take-1", "take-refuse", "take-2")
    assert following.dead == [["take-refuse"]]


def test_what_comes_behind_a_failure_is_taken(following: Following) -> None:
    following.put("take-1", "take-refuse", "take-2")
    assert following.taken[-1] == ["take-2"]


def test_a_failure_is_repeated_as_often_as_the_mapping_says(following: Following) -> None:
    following.put("take-refuse")
    assert following.taken == [["take-refuse"]] * 3


def test_a_function_that_crashes_has_its_batch_halved(
    following: Following, capsys: pytest.CaptureFixture[str]
) -> None:
    following.put("take-1", "take-2", "take-crash", "take-3")
    assert following.taken[1:3] == [["take-1", "take-2"], ["take-crash", "take-3"]]
    assert following.dead == [["take-crash"]]
    assert "RuntimeError" in capsys.readouterr().err


def test_a_dead_letter_says_what_and_why(following: Following) -> None:
    following.put("take-refuse")
    following.streaming.pump()
    (letter,) = following.streaming.dead_letters
    assert (letter.operation, letter.condition) == ("take", "RetryAttemptsExhausted")


def test_a_schedule_calls_its_function(following: Following, tmp_path: Path) -> None:
    following.streaming.run_schedule("take")
    (event,) = sample.noted(tmp_path)
    assert (event["source"], event["detail-type"]) == ("aws.events", "Scheduled Event")


def test_a_mapping_can_begin_with_what_is_written_next(tmp_path: Path, dynoxide: Engine) -> None:
    loaded = template.load(sample.write(tmp_path))
    database = DynamoDB(*dynoxide, f"runledger-{uuid4()}")
    tables.create(dynoxide.client, loaded, database.table, with_stream=True)
    database.client.put_item(TableName=database.table, Item={"pk": {"S": "take-1"}})
    mappings = tuple(replace(mapping, starts_latest=True) for mapping in loaded.streams)
    streaming = Streaming(replace(loaded, streams=mappings), database)
    database.client.put_item(TableName=database.table, Item={"pk": {"S": "take-2"}})
    streaming.pump()
    assert [event["keys"] for event in sample.noted(tmp_path)] == [["take-2"]]


def test_a_record_that_is_too_old_is_given_up(follow: Callable[..., Following]) -> None:
    following = follow(max_record_age=-3600.0)
    following.put("take-1")
    assert (following.taken, following.dead) == ([], [["take-1"]])


def test_a_batch_is_not_halved_unless_the_mapping_says_so(
    follow: Callable[..., Following],
) -> None:
    following = follow(bisects=False)
    following.put("take-crash", "take-1")
    assert following.taken == [["take-crash", "take-1"]] * 3


def test_what_a_function_reports_is_heard_only_if_the_mapping_says_so(
    follow: Callable[..., Following],
) -> None:
    following = follow(reports_failures=False)
    following.put("take-refuse")
    assert (following.taken, following.dead) == ([["take-refuse"]], [])


def test_without_filters_every_record_comes(follow: Callable[..., Following]) -> None:
    following = follow(filters=())
    following.put("leave")
    following.delete("leave")
    assert following.taken == [["leave", "leave"]]


def test_a_stream_that_does_not_answer_is_asked_again_later(tmp_path: Path) -> None:
    loaded = template.load(sample.write(tmp_path))
    table, waited = "runledger-local", list[float]()
    given = {"DATA": str(tmp_path / "data"), "DYNAMODB_PORT": str(processes.free_port("127.0.0.1"))}
    with dynamodb.running(settings.read(given)) as running:
        client = boto3.client("dynamodb", endpoint_url=running.endpoint)
        tables.create(client, loaded, table, with_stream=True)
        stream = Stream(client, table, running.endpoint)
        (consumer,) = streams.consumers(
            loaded.streams, stream, Functions(loaded), on_failure=print, wait=waited.append
        )
        client.put_item(TableName=table, Item={"pk": {"S": "take-1"}})
    assert consumer.poll(waited.append)
    assert waited == [1.0]
    with dynamodb.running(settings.read(given)):
        assert consumer.poll(waited.append)
    assert [event["keys"] for event in sample.noted(tmp_path)] == [["take-1"]]


def test_a_batch_is_gathered_for_as_long_as_the_mapping_says(
    tmp_path: Path, dynoxide: Engine
) -> None:
    loaded = template.load(sample.write(tmp_path))
    table, waited = f"runledger-{uuid4()}", list[float]()
    tables.create(dynoxide.client, loaded, table, with_stream=True)
    stream = Stream(dynoxide.client, table, dynoxide.endpoint)

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
    assert [event["keys"] for event in sample.noted(tmp_path)] == [["take-1", "take-2"]]
    assert waited == [5.0]
