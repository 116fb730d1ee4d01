"""Use cases of concurrency limits: create, read, change and delete them."""

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.errors import Conflict, NotFound, Unavailable
from runledger.service.retries import retry_on_conflict
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.slots import SeenLimit
from runledger.store.store import Store

NOT_FOUND = "Concurrency Limit not found"


def create(store: Store, limit: ConcurrencyLimit) -> ConcurrencyLimit:
    """Create a limit.

    Raises:
        Conflict: its name is taken.
    """
    if not ConcurrencyLimitStore.of(store).create(limit):
        raise Conflict(f"there is a limit {limit.name}")
    return limit


def read(store: Store, id_or_name: UUID | str, *, now: datetime) -> ConcurrencyLimit:
    """Return the limit as of now.

    Raises:
        NotFound: there is none.
    """
    return find(store, id_or_name).limit.as_of(now)


def read_all(store: Store, *, offset: int, limit: int, now: datetime) -> list[ConcurrencyLimit]:
    """Return a page of the limits in the order of their names."""
    names = ConcurrencyLimitStore.of(store).names(offset + limit)[offset:]
    return [seen.limit.as_of(now) for seen in ConcurrencyLimitStore.of(store).read_by_names(names)]


def change(
    store: Store, id_or_name: UUID | str, changes: Mapping[str, object], *, now: datetime
) -> None:
    """Change fields of a limit.

    Raises:
        NotFound: there is none.
        Conflict: a field is None, or the new name is taken.
    """

    def attempt() -> None:
        seen = find(store, id_or_name)
        if None in changes.values():
            raise Conflict("a limit has all its values")
        limit = seen.limit.as_of(now).replace(**changes, updated=now)
        if not ConcurrencyLimitStore.of(store).rewrite(seen, limit):
            raise Conflict(f"there is a limit {limit.name}")

    retry_on_conflict(attempt)


def delete(store: Store, id_or_name: UUID | str) -> None:
    """Remove a limit and its slots; leases that hold slots of it stay valid without it.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> UUID:
        seen = find(store, id_or_name)
        ConcurrencyLimitStore.of(store).delete(seen)
        return seen.limit.id

    remove_rest(store, retry_on_conflict(attempt))


def remove_rest(store: Store, limit_id: UUID) -> None:
    """Remove the slots of a limit that is gone; what is not removed now, the stream removes.

    The request could not be repeated, for nobody finds the limit again.
    """
    with suppress(Unavailable):
        ConcurrencyLimitStore.of(store).remove_slots(limit_id)


def find(store: Store, id_or_name: UUID | str, not_found: str = NOT_FOUND) -> SeenLimit:
    """Return the limit as it was read, for a later write.

    Raises:
        NotFound: there is none.
    """
    limits = ConcurrencyLimitStore.of(store)
    if isinstance(id_or_name, UUID):
        seen = limits.read(id_or_name)
    else:
        seen = limits.read_by_name(id_or_name)
    if seen is None:
        raise NotFound(not_found)
    return seen
