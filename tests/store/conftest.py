import threading
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from moto.core.models import botocore_stubber
from mypy_boto3_dynamodb import DynamoDBClient

from runledger import wiring
from runledger.store.store import Store
from runledger.store.table import Table
from tests.databases import DynamoDB

SHARDS = 2


@pytest.fixture
def store(dynamodb: DynamoDB) -> Store:
    """A store on a fresh table, on either engine."""
    return Store(Table(dynamodb.client, dynamodb.table), SHARDS)


@pytest.fixture
def client(api: httpx.Client) -> DynamoDBClient:  # noqa: ARG001 - it makes the client
    """The client through which the functions behind `api` call DynamoDB."""
    return wiring.store().table.client


@pytest.fixture
def racetrack(api: httpx.Client, client: DynamoDBClient) -> Iterator[httpx.Client]:
    """The functions, on an engine that does one call after the other.

    moto in process works on plain dictionaries without a lock: two calls at once lose updates and
    see halves of transactions, which DynamoDB never shows. So moto's part of a call, and only that,
    is done by one thread at a time; between calls ours may interleave as they like.
    """
    one_at_a_time = threading.Lock()

    def answer(**sent: Any) -> object:
        with one_at_a_time:
            return botocore_stubber(**sent)

    events: Any = client.meta.events
    events.unregister("before-send", botocore_stubber)
    events.register("before-send", answer)
    yield api
    events.unregister("before-send", answer)
    events.register("before-send", botocore_stubber)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes at once."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
