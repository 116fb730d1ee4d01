"""Keys of callers in the table: of a key's secret it has the SHA-256 alone."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime, timedelta
from hmac import compare_digest
from threading import Thread
from typing import NamedTuple, Self
from uuid import UUID

from pydantic_core import from_json

from runledger.domain import access
from runledger.domain.api_keys import KEPT_AFTER_END, ApiKey, hour_of
from runledger.domain.errors import NotFound, Unavailable
from runledger.store.dynamodb.conditions import Attr
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, PRESENT, in_partition, lacks
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Add, Item, Put
from runledger.store.schema import keys
from runledger.store.store import FifoCache, Store

# API Gateway remembers for 30 s what the authorizer answers (template.yaml): a revoked key ends
# within the sum, and that is to be less than a minute.
CACHE_TTL = timedelta(seconds=20)

# Attributes beside the document: a use and a revocation don't overwrite each other.
LAST_USED, REVOKED = "last_used", "revoked"

# A request waits no longer for the note that its key was used.
SECONDS_TO_NOTE_USE = 0.25


class KnownKey(NamedTuple):
    """A key as it was read, and when."""

    key: ApiKey
    sha256: str
    read: datetime


class ApiKeyStore(NamedTuple):
    """The keys in the table, with a cache of those that were shown."""

    table: Table
    known: FifoCache[KnownKey]

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table, store.known_keys)

    def add(self, key: ApiKey, secret: str) -> None:
        """Store a new key."""
        item = keys.api_key(key.id)._asdict() | {
            "sha256": access.digest(secret),
            "body": key.model_dump_json(exclude_defaults=True),
        }
        if key.expires:
            item["expires_at"] = int((key.expires + KEPT_AFTER_END).timestamp())
        self.table.write(Put(item, ABSENT))

    def all(self) -> list[ApiKey]:
        """Return all keys, also those that ended."""
        found = self.table.query(Query(in_partition(keys.API_KEYS)))
        return [_read(item) for item in found]

    def find(self, secret: str, now: datetime, *, max_age: timedelta = CACHE_TTL) -> ApiKey | None:
        """Return the key with the secret unless it has ended, as it was at most `max_age` ago.

        Raises:
            Unavailable: the table does not answer.
        """
        key_id, sha256 = access.key_id(secret), access.digest(secret)
        known = self.known.get(key_id)
        if known is None or not timedelta(0) <= now - known.read < max_age:
            known = self._read(key_id, now)
        if known is None or not compare_digest(known.sha256, sha256) or known.key.has_ended(now):
            return None
        return known.key

    def note_use(self, key: ApiKey, now: datetime) -> None:
        """Note the hour of a use, unless it is noted already.

        That is a write an hour, which the caller waits for only a moment, and which may fail.
        """
        if key.is_used_anew(now):
            noting = Thread(target=self._note_use, args=(key, now), daemon=True)
            noting.start()
            noting.join(SECONDS_TO_NOTE_USE)

    def _note_use(self, key: ApiKey, now: datetime) -> None:
        hour = hour_of(now).isoformat()
        is_later = lacks(LAST_USED) | Attr(LAST_USED).lt(hour)
        with suppress(ConditionFailed, Unavailable):
            self.table.write(
                Add(keys.api_key(key.id), {}, PRESENT & is_later, sets={LAST_USED: hour})
            )
        known = self.known.get(key.id)
        if known:
            used = known.key.replace(last_used=hour_of(now))
            self.known.put(key.id, known._replace(key=used))

    def revoke(self, key_id: UUID, now: datetime) -> None:
        """End a key; one that was revoked before keeps the time of that.

        Raises:
            NotFound: there is no such key.
        """
        sets = {REVOKED: now.isoformat(), "expires_at": int((now + KEPT_AFTER_END).timestamp())}
        try:
            self.table.write(Add(keys.api_key(key_id), {}, PRESENT & lacks(REVOKED), sets=sets))
        except ConditionFailed as failed:
            ((_, met),) = failed.met
            if met is None:
                raise NotFound("Key not found") from None
        self.known.forget(key_id)

    def _read(self, key_id: UUID, now: datetime) -> KnownKey | None:
        item = self.table.read(keys.api_key(key_id))
        if item is None:
            return None  # Not cached: it may be added at any time.
        known = KnownKey(_read(item), item["sha256"], now)
        self.known.put(key_id, known)
        return known


def _read(item: Item) -> ApiKey:
    beside = {name: item[name] for name in (LAST_USED, REVOKED) if name in item}
    return ApiKey.model_validate(from_json(item["body"]) | beside)
