"""Use cases of the concurrency limits of tags, which show the holders of their slots."""

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
    """A limit, and whether this call created it."""

    tag_limit: TagLimit
    new: bool


def create_or_change(store: Store, limit: ConcurrencyLimit, *, now: datetime) -> CreatedTagLimit:
    """Create a limit, or change the number of slots of the one that has its name."""

    def attempt() -> CreatedTagLimit:
        seen = ConcurrencyLimitStore.of(store).read_by_name(limit.name)
        if seen is None:
            if not ConcurrencyLimitStore.of(store).create(limit):
                raise WriteConflict(limit.name)
            return CreatedTagLimit(TagLimit(limit, ()), new=True)
        changed = seen.limit.as_of(now).replace(limit=limit.limit, updated=now)
        ConcurrencyLimitStore.of(store).rewrite(seen, changed)
        return CreatedTagLimit(_with_holders(store, changed, now), new=False)

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

    As on the reference, limits without a tag count for the page's size and are left out of it.
    """
    found = concurrency_limits.read_all(store, offset=0, limit=offset + limit, now=now)
    of_tags = (tag_limit for tag_limit in found if tag_limit.tag is not None)
    page = islice(of_tags, offset, offset + limit)
    return [_with_holders(store, tag_limit, now) for tag_limit in page]


def reset(store: Store, tag: str, holders: Sequence[UUID], *, now: datetime) -> None:
    """Give back all slots of a tag's limit, and let these task runs hold a slot each instead.

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
    """Give back all slots of a limit and remove it; an id may be of any limit.

    Raises:
        NotFound: there is none.
    """

    def attempt() -> UUID:
        _revoke_all(store, _find(store, id_or_tag), now)
        seen = _find(store, id_or_tag)
        ConcurrencyLimitStore.of(store).delete(seen)
        return seen.limit.id

    concurrency_limits.remove_rest(store, retry_on_conflict(attempt))


def _find(store: Store, id_or_tag: UUID | str) -> SeenLimit:
    id_or_name = id_or_tag if isinstance(id_or_tag, UUID) else tag_limit_name(id_or_tag)
    return concurrency_limits.find(store, id_or_name, NOT_FOUND)


def _with_holders(store: Store, limit: ConcurrencyLimit, now: datetime) -> TagLimit:
    leases = LeaseStore.of(store).of_limit(limit.id)
    expired = {seen.lease.id for seen in LeaseStore.of(store).expired(leases, now)}
    valid = [lease for lease in leases if lease.id not in expired]
    valid.sort(key=lambda lease: lease.created)
    return TagLimit(limit, tuple(lease.task_run_id for lease in valid if lease.task_run_id))


def _revoke_all(store: Store, seen: SeenLimit, now: datetime) -> None:
    leases = LeaseStore.of(store).of_limit(seen.limit.id)
    for start in range(0, len(leases), MAX_REVOKED):
        LeaseStore.of(store).revoke(seen.limit.id, leases[start : start + MAX_REVOKED], now)
