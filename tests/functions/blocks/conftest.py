import httpx
import pytest

from tests.support.databases import DynamoDB


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    """Blocks ask the database for nothing that other nouns don't: one engine is enough."""
    return api_on_dynoxide


@pytest.fixture
def dynamodb(on_dynoxide: DynamoDB) -> DynamoDB:
    return on_dynoxide
