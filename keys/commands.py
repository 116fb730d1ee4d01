"""The commands of `make keys`, on any table."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from runledger import ids
from runledger.api.api_keys import ApiKeyCreate
from runledger.domain.access import Scope
from runledger.domain.api_keys import ApiKey
from runledger.domain.errors import NotFound
from runledger.service import api_keys
from runledger.store.store import Store

COLUMNS = ("id", "name", "scope", "creator", "created", "last used", "ends")


class CommandError(Exception):
    """A command can't be done; the message is one line for the user."""


@dataclass(frozen=True)
class KeyCommands:
    """Commands on a table, in the name of a user of this machine."""

    store: Store
    user: str
    now: datetime

    def add(self, name: str, scope: Scope, expires: str | None) -> str:
        """Add a key, and return its secret.

        Raises:
            pydantic.ValidationError: the name or the time is not valid.
        """
        given = {"name": name, "scope": scope, "expires": expires}
        secret = ids.secret()
        key = ApiKeyCreate.model_validate(given).to_key(secret, self.user, self.now)
        api_keys.create(self.store, key, secret)
        return secret

    def lines(self) -> Sequence[str]:
        """Return a table of all keys, as lines."""
        rows = [COLUMNS, *map(self._row, api_keys.find(self.store))]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return ["  ".join(map(str.ljust, row, widths)).rstrip() for row in rows]

    def revoke(self, id_or_name: str) -> str:
        """Revoke a key, and return what was done.

        Raises:
            CommandError: there is no such key, or several have the name.
        """
        key_id = self._id(id_or_name)
        try:
            api_keys.revoke(self.store, key_id, self.now)
        except NotFound:
            raise CommandError(f"There is no key {id_or_name}") from None
        return f"revoked {key_id}: its requests and its WebSockets end within about a minute"

    def _id(self, id_or_name: str) -> UUID:
        try:
            return UUID(id_or_name)
        except ValueError:
            named = [key for key in api_keys.find(self.store) if key.name == id_or_name]
        live = [str(key.id) for key in named if not key.has_ended(self.now)]
        if len(live) == 1:
            return UUID(live[0])
        if live:
            raise CommandError(f"{len(live)} keys have this name, give an id: {', '.join(live)}")
        raise CommandError(f"There is no live key {id_or_name}")

    def _row(self, key: ApiKey) -> tuple[str, ...]:
        times = (key.created, key.last_used, key.ended)
        created, last_used, ends = (f"{time:%Y-%m-%dT%H:%MZ}" if time else "-" for time in times)
        end = f"{ends} revoked" if key.revoked and key.revoked == key.ended else ends
        return (str(key.id), key.name, key.scope, key.creator, created, last_used, end)
