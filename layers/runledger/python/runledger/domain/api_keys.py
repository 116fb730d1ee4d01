"""Named keys of callers."""

import re
from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, StringConstraints

from runledger.domain.access import ANYBODY, AUTH_STRING, Caller, Scope
from runledger.domain.values import Value

RESERVED = {caller.name for caller in (ANYBODY, AUTH_STRING)}
NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._@+-]{0,63}")

# A key is listed for so long after its end.
KEPT_AFTER_END = timedelta(days=90)


def _not_reserved(name: str) -> str:
    if name in RESERVED:
        raise ValueError(f"{name} names callers without a key")
    return name


KeyName = Annotated[
    str, StringConstraints(pattern=f"^{NAME.pattern}$"), AfterValidator(_not_reserved)
]
"""A name that can stand in a log, a header and an auth string: it has no colon and no blank."""


class ApiKey(Value):
    """A key without its secret. It was last used in the hour that begins at `last_used`."""

    id: UUID
    name: KeyName
    scope: Scope
    creator: str
    created: datetime
    expires: datetime | None = None
    last_used: datetime | None = None
    revoked: datetime | None = None

    @property
    def caller(self) -> Caller:
        """The caller that shows the key."""
        return Caller(self.name, self.scope, self.id, self.expires)

    @property
    def ended(self) -> datetime | None:
        """Return when the key ends or ended, as far as is known now."""
        ends = [end for end in (self.revoked, self.expires) if end]
        return min(ends, default=None)

    def has_ended(self, now: datetime) -> bool:
        """Return whether the key admits nobody any more."""
        return self.ended is not None and self.ended <= now

    def is_used_anew(self, now: datetime) -> bool:
        """Return whether a use at this time is in another hour than the last one."""
        return self.last_used is None or self.last_used < hour_of(now)


def hour_of(time: datetime) -> datetime:
    """Return the beginning of an hour."""
    return time.replace(minute=0, second=0, microsecond=0)
