"""Concurrency limits in the table."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple, Self
from uuid import UUID

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.errors import WriteConflict
from runledger.store.concurrency import slots
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.concurrency.slots import SeenLimit
from runledger.store.dynamodb.errors import ConditionFailed
from runledger.store.dynamodb.expressions import ABSENT, in_partition
from runledger.store.dynamodb.table import Query, Table
from runledger.store.dynamodb.writes import Delete, Put, Write
from runledger.store.schema import keys
from runledger.store.store import Store


class ConcurrencyLimitStore(NamedTuple):
    """Concurrency limits in the table."""

    table: Table

    @classmethod
    def of(cls, store: Store) -> Self:
        return cls(store.table)

    def read(self, limit_id: UUID) -> SeenLimit | None:
        """Return the limit that has the id, as last acknowledged."""
        pointer = self.table.read(keys.limit_id(limit_id))
        return self.read_by_name(pointer["name"]) if pointer else None

    def read_by_name(self, name: str) -> SeenLimit | None:
        """Return the limit that has the name, as last acknowledged."""
        return next(iter(self.read_by_names([name])), None)

    def read_by_names(self, names: Iterable[str]) -> list[SeenLimit]:
        """Return the limits that have one of the names, in the order of the names."""
        wanted = [keys.limit(name) for name in dict.fromkeys(names)]
        found = self.table.read_many(wanted)
        return [slots.read_limit(found[key]) for key in wanted if key in found]

    def read_by_ids(self, ids: Iterable[UUID]) -> dict[UUID, SeenLimit]:
        """Return the limits that have one of the ids, by id."""
        wanted = [keys.limit_id(limit_id) for limit_id in dict.fromkeys(ids)]
        pointers = self.table.read_many(wanted) if wanted else {}
        found = self.read_by_names(pointer["name"] for pointer in pointers.values())
        return {seen.limit.id: seen for seen in found}

    def names(self, first: int) -> list[str]:
        """Return the `first` names of limits, in the order of names."""
        entries = self.table.query(Query(in_partition(keys.LIMITS), page=first))
        return [entry["name"] for _, entry in zip(range(first), entries, strict=False)]

    def create(self, limit: ConcurrencyLimit) -> bool:
        """Store a new limit; return whether its name was free."""
        try:
            self.table.write(*new_limit_writes(SeenLimit(limit)))
        except ConditionFailed:
            return False
        return True

    def rewrite(self, seen: SeenLimit, limit: ConcurrencyLimit) -> bool:
        """Replace a limit that was read; return whether its new name was free.

        Raises:
            WriteConflict: the limit changed meanwhile.
        """
        if limit.name == seen.limit.name:
            self._write(slots.replacing(seen, limit))
            return True
        renamed = SeenLimit(limit, seen.version + 1, seen.changes + 1)
        try:
            self.table.write(*_deletion_writes(seen), *new_limit_writes(renamed))
        except ConditionFailed as failed:
            is_unchanged = not failed.met[0][0]
            if is_unchanged:
                return False
            raise WriteConflict(str(limit.id)) from failed
        return True

    def delete(self, seen: SeenLimit) -> None:
        """Remove a limit; `remove_slots` removes what is left of it, which has no effect.

        Raises:
            WriteConflict: the limit changed meanwhile.
        """
        self._write(*removal_writes(seen))

    def remove_slots(self, limit_id: UUID) -> None:
        """Remove the slots that are held of a limit that was removed."""
        held = [
            Delete(keys.slot(limit_id, lease.id))
            for lease in LeaseStore(self.table).of_limit(limit_id)
        ]
        self.table.write_batches(held)

    def _write(self, *writes: Write) -> None:
        try:
            self.table.write(*writes)
        except ConditionFailed as failed:
            raise WriteConflict("the limit changed") from failed


def new_limit_writes(seen: SeenLimit) -> Sequence[Write]:
    """Return the writes of a limit whose name must be free."""
    limit = seen.limit
    listing = keys.limit_listing(limit.name, limit.created, limit.id)
    return (
        Put(slots.limit_item(seen), ABSENT),
        Put(slots.named_item(keys.limit_id(limit.id), limit.name)),
        Put(slots.named_item(listing, limit.name)),
    )


def removal_writes(seen: SeenLimit) -> Sequence[Write]:
    """Return the writes that remove a limit, if it is as it was read."""
    return (*_deletion_writes(seen), Delete(keys.limit_id(seen.limit.id)))


def _deletion_writes(seen: SeenLimit) -> Sequence[Write]:
    limit = seen.limit
    return (
        Delete(keys.limit(limit.name), slots.unchanged(seen)),
        Delete(keys.limit_listing(limit.name, limit.created, limit.id)),
    )
