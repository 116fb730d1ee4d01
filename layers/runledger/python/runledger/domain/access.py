"""Access rules: scopes, callers, and the secrets of keys."""

from __future__ import annotations

import re
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

from runledger.domain.errors import Forbidden

# A secret is this and as many random bytes, as base64 for URLs without padding.
PREFIX, SECRET_BYTES = "rl_", 32
SECRET = re.compile(PREFIX + "[A-Za-z0-9_-]{43}")


class Scope(StrEnum):
    """The right that a key gives; each scope includes those before it."""

    READ = "read"
    WRITE = "write"
    ADMIN = "admin"

    def includes(self, other: Scope) -> bool:
        order = list(Scope)
        return order.index(other) <= order.index(self)


class Caller(NamedTuple):
    """A caller that has shown credentials; without a key it showed the auth string."""

    name: str
    scope: Scope
    key_id: UUID | None = None
    expires: datetime | None = None

    @property
    def key_name(self) -> str | None:
        """The name of the caller's key, if it has shown one."""
        return self.name if self.key_id else None

    def check(self, needed: Scope) -> None:
        """Check that the caller's scope includes the one that is needed.

        Raises:
            Forbidden: it does not.
        """
        if not self.scope.includes(needed):
            raise Forbidden(
                f"The key {self.name} has the scope {self.scope}; this needs the scope {needed}."
            )


ANYBODY = Caller("anonymous", Scope.ADMIN)
"""The caller where no credentials are asked for."""

AUTH_STRING = Caller("auth-string", Scope.ADMIN)
"""The caller that has shown the auth string."""


def digest(secret: str) -> str:
    """Return what is stored of a key's secret: its SHA-256, in hexadecimal."""
    return sha256(secret.encode()).hexdigest()


def key_id(secret: str) -> UUID:
    """Return the id of the key with this secret: the first half of the digest."""
    return UUID(digest(secret)[:32])
