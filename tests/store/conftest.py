from collections.abc import Iterator

import httpx
import pytest

from runledger import wiring
from tests.store.support.asking import Site
from tests.store.support.contents import assert_counted, scan
from tests.support.databases import DynamoDB


@pytest.fixture
def site(api: httpx.Client, dynamodb: DynamoDB) -> Iterator[Site]:
    """The functions and their table, on either engine; whatever a test does, runs are counted."""
    yield Site(api, dynamodb, wiring.store().table.client)
    assert_counted(scan(dynamodb))


@pytest.fixture
def site_on_dynoxide(api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB) -> Iterator[Site]:
    yield Site(api_on_dynoxide, on_dynoxide, wiring.store().table.client)
    assert_counted(scan(on_dynoxide))
