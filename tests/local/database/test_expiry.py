"""dynoxide keeps what has expired: the local server removes it, and its stream tells."""

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import boto3
import pytest

from local import settings
from local.cloudformation import template
from local.database import dynamodb, expiry, tables
from local.event_sources.records import Stream
from local.settings import LocalSettings
from tests.support.databases import TEMPLATE

if TYPE_CHECKING:
    from mypy_boto3_dynamodb import DynamoDBClient

TABLE = "runledger-local"
Running = tuple["DynamoDBClient", dynamodb.RunningDatabase]


@pytest.fixture
def running(dynoxide: object) -> Iterator[Running]:
    del dynoxide
    chosen = settings.read({"DATA": settings.MEMORY})
    with dynamodb.running(chosen, in_file=True) as database:
        client = boto3.client("dynamodb", endpoint_url=database.endpoint)
        tables.create(client, TEMPLATE, TABLE, with_stream=True)
        yield client, database


def put(client: "DynamoDBClient", name: str, seconds: int | None) -> None:
    expires = {} if seconds is None else {"expires_at": {"N": str(int(time.time()) + seconds)}}
    client.put_item(
        TableName=TABLE, Item={"pk": {"S": name}, "sk": {"S": '"expires_at"'}} | expires
    )


def test_what_has_expired_goes_and_the_stream_tells(running: Running) -> None:
    client, database = running
    for name, seconds in (("past", -100), ("future", 100), ("for good", None)):
        put(client, name, seconds)
    assert database.file
    for _ in range(2):
        expiry.remove_expired(client, database.file, TABLE, TEMPLATE)
    left = {item["pk"]["S"] for item in client.scan(TableName=TABLE)["Items"]}
    assert left == {"future", "for good"}
    stream = Stream(client, TABLE, database.endpoint)
    records, _ = stream.read(stream.start(""))
    assert [record["eventName"] for record in records] == ["INSERT"] * 3 + ["REMOVE"]
    assert records[-1]["dynamodb"]["OldImage"]["pk"] == {"S": "past"}


def test_finished_runs_leave_after_the_days_of_a_setting() -> None:
    chosen: LocalSettings = settings.read({"RUN_RETENTION_DAYS": "30"})
    loaded = template.load(parameters=chosen.parameters)
    assert loaded.environment["RUN_RETENTION_DAYS"] == "30"
    assert template.load().environment["RUN_RETENTION_DAYS"] == "0"
