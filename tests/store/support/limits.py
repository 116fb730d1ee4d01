"""Limits of which slots are held, and everything that can be done about them."""

from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import NamedTuple
from uuid import UUID, uuid4

from runledger.domain.concurrency_limits import ConcurrencyLimit, Holder
from runledger.domain.errors import LeaseExpired, Locked, NotFound
from runledger.service.concurrency import concurrency_limits, slots, tag_limits
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.dynamodb.client import JsonClient
from runledger.store.store import Store
from tests.support.databases import Item

NOW = datetime(2026, 1, 1, tzinfo=UTC)
LEASE = timedelta(seconds=60)
LATER = NOW + LEASE

TAGS = ("api", "database")
NAMES = ("tag:api", "tag:database")
LIMIT = 2
RUN = UUID(int=1)
SOMEBODY = UUID(int=2)


Act = Callable[[Store, UUID], object]


def limit(store: Store, name: str, **fields: object) -> ConcurrencyLimit:
    own = {"id": uuid4(), "created": NOW, "updated": NOW, "counted": NOW}
    asked = ConcurrencyLimit.model_validate({"name": name, "limit": LIMIT} | own | fields)
    return concurrency_limits.create(store, asked)


def taken(store: Store, *, now: datetime = NOW, names: tuple[str, ...] = NAMES) -> UUID:
    term = slots.Term(Holder(type="task_run", id=RUN), LEASE.total_seconds())
    return slots.take_on_lease(store, slots.SlotRequest(names, 1), term, now=now).lease_id


class Prepared(NamedTuple):
    """The limits, a lease of the first and one of both, as they are in a table."""

    items: list[Item]
    lease_id: UUID


_PREPARED: list[Prepared] = []


def prepared(store: Store) -> UUID:
    """Put the limits and a lease of both into a table; of the first of them nothing is left.

    They are made in the first table that asks for them: to put them takes one call.
    """
    client, table = store.table.client, store.table.name
    assert isinstance(client, JsonClient)
    if not _PREPARED:
        for name in NAMES:
            limit(store, name)
        taken(store, names=NAMES[:1])
        lease_id = taken(store)
        found = client.call("Scan", {"TableName": table, "ConsistentRead": True})
        _PREPARED.append(Prepared(found["Items"], lease_id))
    items, lease_id = _PREPARED[0]
    puts = [{"PutRequest": {"Item": item}} for item in items]
    client.call("BatchWriteItem", {"RequestItems": {table: puts}})
    return lease_id


def take(store: Store, _: UUID) -> object:
    return taken(store, names=NAMES[1:])


def take_what_expired(store: Store, _: UUID) -> object:
    return taken(store, now=LATER)


def take_for_a_task_run(store: Store, _: UUID) -> object:
    return slots.take_for_task_run(store, TAGS[1:], SOMEBODY, now=NOW)


def end_the_lease(store: Store, lease_id: UUID) -> None:
    slots.end_lease(store, lease_id, now=NOW)


def renew_the_lease(store: Store, lease_id: UUID) -> None:
    slots.renew(store, lease_id, 90, now=LATER - timedelta(seconds=1))


def end_all_of_a_task_run(store: Store, _: UUID) -> object:
    return slots.end_leases_of(store, TAGS, RUN, now=NOW)


def reset(store: Store, _: UUID) -> None:
    tag_limits.reset(store, TAGS[0], [SOMEBODY], now=NOW)


def delete(store: Store, _: UUID) -> None:
    concurrency_limits.delete(store, NAMES[0])


def delete_by_tag(store: Store, _: UUID) -> None:
    tag_limits.delete(store, TAGS[0], now=NOW)


def rename(store: Store, _: UUID) -> None:
    concurrency_limits.change(store, NAMES[0], {"name": "tag:new"}, now=NOW)


def change(store: Store, _: UUID) -> None:
    concurrency_limits.change(store, NAMES[0], {"limit": 3}, now=NOW)


# How often each calls DynamoDB when nobody comes between.
CALLS: dict[Act, int] = {
    take: 2,
    take_what_expired: 9,
    take_for_a_task_run: 2,
    end_the_lease: 3,
    renew_the_lease: 2,
    end_all_of_a_task_run: 7,
    reset: 7,
    delete: 4,
    delete_by_tag: 7,
    rename: 2,
    change: 2,
}
# By how many calls a limit is gone; what follows, the stream does where it fails.
GONE: dict[Act, int] = {delete: 2, delete_by_tag: 6}
MEETINGS: dict[Act, tuple[Act, ...]] = {
    take: (take, reset, delete, rename, change),
    take_what_expired: (take_what_expired, end_the_lease, renew_the_lease, reset),
    end_the_lease: (
        end_the_lease,
        take_what_expired,
        renew_the_lease,
        reset,
        delete,
        rename,
        change,
    ),
    renew_the_lease: (take_what_expired, end_the_lease),
    end_all_of_a_task_run: (end_the_lease, rename),
    reset: (take_what_expired, end_the_lease),
    delete_by_tag: (take_what_expired, end_the_lease),
    rename: (take_what_expired, end_the_lease),
}


def tried(act: Act, store: Store, lease_id: UUID) -> None:
    """Do something that others may have made impossible."""
    with suppress(NotFound, Locked, LeaseExpired):
        act(store, lease_id)


def counted(store: Store) -> dict[str, int]:
    """Return how many slots are counted of each limit."""
    names = ConcurrencyLimitStore.of(store).names(99)
    return {
        seen.limit.name: seen.limit.active_slots
        for seen in ConcurrencyLimitStore.of(store).read_by_names(names)
    }


def held(store: Store) -> dict[str, int]:
    """Return how many slots of each limit have a holder."""
    names = ConcurrencyLimitStore.of(store).names(99)
    return {
        seen.limit.name: sum(lease.slots for lease in LeaseStore.of(store).of_limit(seen.limit.id))
        for seen in ConcurrencyLimitStore.of(store).read_by_names(names)
    }
