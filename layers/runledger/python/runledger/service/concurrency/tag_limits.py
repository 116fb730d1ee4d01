"""What can be done with the concurrency limits of tags, where their holders are shown."""

from collections.abc import Sequence
from datetime import datetime
from itertools import islice
from typing import NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.concurrency_limits import ConcurrencyLimit, tag_limit_name
from runledger.domain.errors import NotFound, WriteConflict
from runledger.service.concurrency import concurrency_limits
from runledger.service.retries import retry_on_conflict
from runledger.store.concurrency import slots
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import MAX_REVOKED, LeaseStore
from runledger.store.concurrency.slots import SeenLimit
from runledger.store.store import Store

NOT_FOUND = "Concurrency limit not found"


class TagLimit(NamedTuple):
    """The limit of a tag, and the task runs that hold slots of it."""

    limit: ConcurrencyLimit
    holders: tuple[UUID, ...]


class CreatedTagLimit(NamedTuple):
    """A limit as asked for, and whether this call made it."""

    tag_limit: TagLimit
    new: bool


def create_or_change(store: Store, asked: ConcurrencyLimit, *, now: datetime) -> CreatedTagLimit:
    """Create a limit, or give the one that has its name the limit asked for."""

    def attempt() -> CreatedTagLimit:
        seen = ConcurrencyLimitStore.of(store).read_by_name(asked.name)
        if seen is None:
            if not ConcurrencyLimitStore.of(store).create(asked):
                raise WriteConflict(asked.name)
            return CreatedTagLimit(TagLimit(asked, ()), new=True)
        limit = seen.limit.as_of(now).replace(limit=asked.limit, updated=now)
        ConcurrencyLimitStore.of(store).rewrite(seen, limit)
        return CreatedTagLimit(_with_holders(store, limit, now), new=False)

    return retry_on_conflict(attempt)


def read(store: Store, id_or_tag: UUID | str, *, now: datetime) -> TagLimit:
    """Return the limit of a tag.

    Raises:
        NotFound: there is none.
    """
    limit = _find(store, id_or_tag).limit
    if limit.tag is None:
        raise NotFound(NOT_FOUND)
    return _with_holders(store, limit, now)


def read_all(store: Store, *, offset: int, limit: int, now: datetime) -> list[TagLimit]:
    """Return a page of the limits of tags.

    As on the reference, limits that are no tag's count for the page and are left out of it.
    """
    found = concurrency_limits.read_all(store, offset=0, limit=offset + limit, now=now)
    page = islice((one for one in found if one.tag is not None), offset, offset + limit)
    return [_with_holders(store, one, now) for one in page]


def reset(store: Store, tag: str, holders: Sequence[UUID], *, now: datetime) -> None:
    """Give back all slots of a tag's limit, and count these task runs as its holders instead.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> None:
        _revoke_all(store, _find(store, tag), now)
        seen = _find(store, tag)
        if LeaseStore.of(store).of_limit(seen.limit.id):
            raise WriteConflict(tag)
        leases = [slots.task_run_lease(ids.run_id(), holder, [seen], now) for holder in holders]
        LeaseStore.of(store).assign(seen, leases, now)

    retry_on_conflict(attempt)


def delete(store: Store, id_or_tag: UUID | str, *, now: datetime) -> None:
    """Remove a limit, having given back all its slots; with an id it can be any limit.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> None:
        _revoke_all(store, _find(store, id_or_tag), now)
        ConcurrencyLimitStore.of(store).delete(_find(store, id_or_tag))

    retry_on_conflict(attempt)


def _find(store: Store, id_or_tag: UUID | str) -> SeenLimit:
    own = id_or_tag if isinstance(id_or_tag, UUID) else tag_limit_name(id_or_tag)
    return concurrency_limits.find(store, own, NOT_FOUND)


def _with_holders(store: Store, limit: ConcurrencyLimit, now: datetime) -> TagLimit:
    leases = LeaseStore.of(store).of_limit(limit.id)
    expired = {seen.lease.id for seen in LeaseStore.of(store).expired(leases, now)}
    held = sorted((one for one in leases if one.id not in expired), key=lambda one: one.created)
    return TagLimit(limit, tuple(one.task_run_id for one in held if one.task_run_id))


def _revoke_all(store: Store, seen: SeenLimit, now: datetime) -> None:
    leases = LeaseStore.of(store).of_limit(seen.limit.id)
    for start in range(0, len(leases), MAX_REVOKED):
        LeaseStore.of(store).revoke(seen.limit.id, leases[start : start + MAX_REVOKED], now)
