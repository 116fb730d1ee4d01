from pathlib import Path
from uuid import uuid4

import pytest

from local import tables, template
from tests.databases import DynamoDB, Engine
from tests.local import sample
from tests.streaming import Streaming


class Following:
    """The sample's function, behind the stream of a table."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        loaded = template.load(sample.write(folder))
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
