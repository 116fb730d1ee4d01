from collections.abc import Iterator

import httpx
import pytest

from local.rest_api.gateway import Gateway
from local.rest_api.transport import GatewayTransport
from runledger import wiring
from tests.functions.conventions.test_authentication import GUARDED, HASH


@pytest.fixture
def closed(
    api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """All functions, where keys are asked for and an auth string may be shown."""
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", HASH)
    wiring.reset()
    transport = GatewayTransport(Gateway(GUARDED))
    with httpx.Client(transport=transport, base_url=api_on_dynoxide.base_url) as client:
        yield client
    wiring.reset()
