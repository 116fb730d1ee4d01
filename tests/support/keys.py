"""Keys of callers for tests, and what shows them."""

from base64 import b64encode
from datetime import datetime

from runledger import ids, wiring
from runledger.domain import access
from runledger.domain.access import Scope
from runledger.domain.api_keys import ApiKey
from runledger.service import api_keys
from runledger.store.store import Store
from tests.test_template import FUNCTIONS

# The scope that each function needs.
NEEDED = {
    operation: Scope(properties["Environment"]["Variables"]["SCOPE"])
    for operation, (_, properties) in FUNCTIONS.items()
    if "Environment" in properties
}


def add_key(
    scope: str = "write",
    name: str = "etl",
    *,
    expires: datetime | None = None,
    store: Store | None = None,
) -> str:
    """Add a key to the table of the functions, or of a store; return its secret."""
    secret = ids.secret()
    key = ApiKey(
        id=access.key_id(secret),
        name=name,
        scope=Scope(scope),
        creator="a test",
        created=wiring.now(),
        expires=expires,
    )
    api_keys.create(store or wiring.store(), key, secret)
    return secret


def bearer(secret: str) -> dict[str, str]:
    return {"authorization": f"Bearer {secret}"}


def basic(auth_string: str) -> dict[str, str]:
    return {"authorization": "Basic " + b64encode(auth_string.encode()).decode()}
