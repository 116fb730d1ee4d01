"""A change of a concurrency limit, for the transaction that changes what it limits."""

from collections.abc import Sequence
from typing import NamedTuple

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.store.concurrency import slots
from runledger.store.concurrency.concurrency_limits import new_limit_writes, removal_writes
from runledger.store.concurrency.slots import SeenLimit
from runledger.store.dynamodb.writes import Write


class LimitChange(NamedTuple):
    """A limit as it was read, unless it is new, and as it will be, unless it goes."""

    seen: SeenLimit | None = None
    limit: ConcurrencyLimit | None = None

    @property
    def removes(self) -> bool:
        """Whether the limit goes; its slots can be removed afterwards."""
        return self.seen is not None and self.limit is None

    def writes(self) -> Sequence[Write]:
        """Return the writes; they fail if the limit changed meanwhile, or its name is taken."""
        if self.limit is None:
            return removal_writes(self.seen) if self.seen else ()
        if self.seen is None:
            return new_limit_writes(SeenLimit(self.limit))
        return (slots.replacing(self.seen, self.limit),)


NO_CHANGE = LimitChange()
