import time

import httpx
import pytest

from runledger import wiring
from runledger.store.store import Store
from runledger.store.table import Table
from tests.databases import DynamoDB
from tests.store.asking import Site


@pytest.fixture
def store(dynamodb: DynamoDB) -> Store:
    """A store on a fresh table, on either engine."""
    return Store(Table(dynamodb.client, dynamodb.table), shards=2)


@pytest.fixture
def site(api: httpx.Client, dynamodb: DynamoDB) -> Site:
    """The functions and their table, on either engine."""
    return Site(api, dynamodb, wiring.store().table.client)


@pytest.fixture
def site_on_dynoxide(api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB) -> Site:
    return Site(api_on_dynoxide, on_dynoxide, wiring.store().table.client)


@pytest.fixture
def _no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    """Time passes at once."""
    monkeypatch.setattr(time, "sleep", lambda _: None)
