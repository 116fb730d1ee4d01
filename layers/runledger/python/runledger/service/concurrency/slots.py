"""Takes slots of concurrency limits and gives them back."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.concurrency_limits import (
    MAX_WAIT_FOR_TAGS,
    ConcurrencyLimit,
    Holder,
    Lease,
    tag_limit_name,
)
from runledger.domain.errors import LeaseExpired, Locked
from runledger.domain.slot_requests import Mode, refuse_impossible, seconds_to_wait
from runledger.service.retries import retry_on_conflict
from runledger.store.concurrency import slots
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.concurrency.slots import SeenLimit
from runledger.store.store import Store

LEASE_GONE = "Lease not found - it may have expired or been revoked"

Limits = list[ConcurrencyLimit]


class SlotRequest(NamedTuple):
    """A number of slots of each limit that exists, all or none."""

    names: Sequence[str]
    slots: int
    mode: Mode = "concurrency"


class Term(NamedTuple):
    """The holder of slots, and the duration of the lease in seconds."""

    holder: Holder | None
    seconds: float


class Grant(NamedTuple):
    """The lease of the slots, and their limits, inactive ones included."""

    lease_id: UUID
    limits: Limits


def take(store: Store, request: SlotRequest, *, now: datetime) -> Limits:
    """Take slots without a lease: they are given back by the names of their limits.

    Raises:
        Invalid: the request can never succeed.
        Locked: a limit has no room.
    """

    def attempt() -> Limits:
        limits = _find(store, request.names)
        LeaseStore.of(store).count_up(_with_room(store, limits, request, now), request.slots, now)
        return _plain(limits)

    return retry_on_conflict(attempt)


def take_on_lease(store: Store, request: SlotRequest, term: Term, *, now: datetime) -> Grant:
    """Take slots that are released when their lease ends. A lease without limits isn't stored.

    Raises:
        Invalid: the request can never succeed.
        Locked: a limit has no room.
    """
    lease_id = ids.run_id()

    def attempt() -> Grant:
        limits = _find(store, request.names)
        active = _with_room(store, limits, request, now)
        lease = Lease(
            id=lease_id,
            created=now,
            limits=slots.leased(active),
            slots=request.slots,
            holder=term.holder,
            expiration=now + timedelta(seconds=term.seconds),
        )
        LeaseStore.of(store).take(active, lease, now, renewable=bool(limits))
        return Grant(lease_id, _plain(limits))

    return retry_on_conflict(attempt)


def take_for_task_run(
    store: Store, tags: Iterable[str], task_run_id: UUID, *, now: datetime
) -> Limits:
    """Take a slot of each tag's limit for a task run, which gives them back.

    Raises:
        Locked: a limit has no room.
    """

    def attempt() -> Limits:
        limits = ConcurrencyLimitStore.of(store).read_by_names(map(tag_limit_name, tags))
        _refuse_deadlock(limits)
        active = [seen for seen in limits if seen.limit.active]
        full = [seen for seen in active if not seen.limit.as_of(now).has_room(1)]
        if full:
            LeaseStore.of(store).make_room(full, now)
            text = f"Concurrency limit for the {active[0].limit.tag} tag has been reached"
            raise Locked(text, MAX_WAIT_FOR_TAGS)
        lease = slots.task_run_lease(ids.run_id(), task_run_id, active, now)
        LeaseStore.of(store).take(active, lease, now, renewable=False)
        return _plain(active)

    return retry_on_conflict(attempt)


def give_back(
    store: Store, names: Sequence[str], number: int, seconds: float | None, *, now: datetime
) -> Limits:
    """Give back slots by the names of their limits; `seconds` is the time held, if known."""

    def attempt() -> Limits:
        limits = _find(store, names)
        active = [seen for seen in limits if seen.limit.active]
        LeaseStore.of(store).count_down(active, number, now, seconds=seconds or 0.0)
        return _plain(limits)

    return retry_on_conflict(attempt)


def end_lease(store: Store, lease_id: UUID, *, now: datetime) -> None:
    """Give back the slots that a lease holds, if it still exists."""

    def attempt() -> None:
        seen = LeaseStore.of(store).read(lease_id)
        if seen:
            seconds = (now - seen.lease.created).total_seconds()
            LeaseStore.of(store).give_back(seen.lease.held, now, seconds=seconds)

    retry_on_conflict(attempt)


def end_leases_of(store: Store, tags: Iterable[str], holder_id: UUID, *, now: datetime) -> Limits:
    """End every lease by which a holder has slots of the tags' limits."""

    def attempt() -> Limits:
        limits = _find(store, map(tag_limit_name, tags))
        held = {
            lease.id: lease.held
            for seen in limits
            for lease in LeaseStore.of(store).of_limit(seen.limit.id)
            if lease.holder and lease.holder.id == holder_id
        }
        for slots_of_lease in held.values():
            LeaseStore.of(store).give_back(slots_of_lease, now)
        return _plain(limits)

    return retry_on_conflict(attempt)


def renew(store: Store, lease_id: UUID, seconds: float, *, now: datetime) -> None:
    """Renew a lease for some seconds from now.

    Raises:
        LeaseExpired: it ended; others may have taken its slots.
    """

    def attempt() -> None:
        seen = LeaseStore.of(store).read(lease_id)
        if seen is None or seen.lease.has_expired(now):
            raise LeaseExpired(LEASE_GONE)
        longer = seen.lease.replace(expiration=now + timedelta(seconds=seconds))
        LeaseStore.of(store).renew(seen, longer)

    retry_on_conflict(attempt)


def _find(store: Store, names: Iterable[str]) -> list[SeenLimit]:
    """Return the limits that exist by name, which is the reference's order."""
    return ConcurrencyLimitStore.of(store).read_by_names(sorted(names))


def _plain(limits: Iterable[SeenLimit]) -> Limits:
    return [seen.limit for seen in limits]


def _with_room(
    store: Store, limits: Sequence[SeenLimit], request: SlotRequest, now: datetime
) -> list[SeenLimit]:
    """Return the active limits.

    Raises:
        Invalid: the request can never succeed.
        Locked: a limit has no room.
    """
    active = [seen for seen in limits if seen.limit.active]
    refuse_impossible(_plain(active), request.slots, request.mode)
    full = [seen for seen in active if not seen.limit.as_of(now).has_room(request.slots)]
    if full:
        LeaseStore.of(store).make_room(full, now)
        wait = seconds_to_wait(_plain(active), request.slots, ids.random_fraction())
        raise Locked("Locked", wait)
    return active


def _refuse_deadlock(limits: Iterable[SeenLimit]) -> None:
    for seen in limits:
        if seen.limit.limit == 0:
            text = f'The concurrency limit on tag "{seen.limit.tag}" is 0 and will deadlock'
            raise Locked(f"{text} if the task tries to run again.", None)
