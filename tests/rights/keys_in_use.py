"""Keys made and asked for, so that every right is needed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from os import environ
from unittest.mock import patch

import httpx

from local.functions import Functions
from runledger.settings import settings
from tests.support.databases import TEMPLATE
from tests.support.keys import add_key, bearer
from tests.support.sample_events import sample_event

CHECKING = ("authorize", "method_not_allowed")


def use_keys(api: httpx.Client, become: Callable[[str], None]) -> None:
    """Make and revoke a key; show another to each function that looks for it in the table."""
    made = api.post("/admin/keys", json={"name": "etl", "scope": "read"}).raise_for_status().json()
    api.get("/admin/keys").raise_for_status()
    api.delete(f"/admin/keys/{made['id']}").raise_for_status()
    functions = Functions(TEMPLATE)
    with keys_needed():
        for operation in CHECKING:
            become("")
            shown = {"headers": bearer(add_key()), "multiValueHeaders": None}
            become(operation)
            functions.call(operation, sample_event(operation) | shown)


@contextmanager
def keys_needed() -> Iterator[None]:
    """Ask for credentials, and take keys alone."""
    with patch.dict(environ, AUTHENTICATION="required", AUTH_SHA256="0" * 64):
        settings.cache_clear()
        yield
    settings.cache_clear()
