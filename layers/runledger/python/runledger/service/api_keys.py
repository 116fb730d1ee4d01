"""Keys of callers: add, list and revoke them, and find the one that a caller shows."""

from datetime import datetime, timedelta
from uuid import UUID

from runledger.domain.access import Caller
from runledger.domain.api_keys import ApiKey
from runledger.store.api_keys import CACHE_TTL, ApiKeyStore
from runledger.store.store import Store


def create(store: Store, key: ApiKey, secret: str) -> None:
    """Add a key; its secret is stored nowhere."""
    ApiKeyStore.of(store).add(key, secret)


def find(store: Store) -> list[ApiKey]:
    """Return all keys, the oldest first; those that ended are listed for 90 days."""
    return sorted(ApiKeyStore.of(store).all(), key=lambda key: (key.created, key.id))


def revoke(store: Store, key_id: UUID, now: datetime) -> None:
    """End a key: its requests and its WebSockets end within about a minute.

    Raises:
        NotFound: there is no such key.
    """
    ApiKeyStore.of(store).revoke(key_id, now)


def find_caller(store: Store, secret: str, now: datetime) -> Caller | None:
    """Return the caller that shows a secret; None if no key admits it."""
    key = ApiKeyStore.of(store).find(secret, now)
    return key.caller if key else None


def admit_caller(
    store: Store, secret: str, now: datetime, *, max_age: timedelta = CACHE_TTL
) -> Caller | None:
    """Return the caller that shows a secret, and note that its key was used.

    What is known of the key may be as old as `max_age`; None if no key admits the caller.
    """
    keys = ApiKeyStore.of(store)
    key = keys.find(secret, now, max_age=max_age)
    if key is None:
        return None
    keys.note_use(key, now)
    return key.caller
