from collections.abc import Iterator

import httpx
import pytest

from runledger import wiring
from tests.store.support.asking import Site
from tests.store.support.counting import Counting
from tests.support.databases import DynamoDB


@pytest.fixture
def site(api: httpx.Client, dynamodb: DynamoDB) -> Iterator[Site]:
    """The functions and their table, on either engine; whatever a test does, runs are counted."""
    counting = Counting(dynamodb)
    yield Site(api, dynamodb, wiring.store().table.client)
    counting.assert_right()


@pytest.fixture
def site_on_dynoxide(api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB) -> Iterator[Site]:
    counting = Counting(on_dynoxide)
    yield Site(api_on_dynoxide, on_dynoxide, wiring.store().table.client)
    counting.assert_right()
