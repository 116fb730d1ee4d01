"""Slots are never more than the limit, and all come back: whoever races, whatever fails."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext, suppress
from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from runledger import wiring
from runledger.domain.concurrency_limits import SAMPLES, Lease
from runledger.domain.errors import LeaseExpired, Locked, TooLarge, Unavailable
from runledger.service.concurrency import concurrency_limits, slots, tag_limits
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.leases import MAX_REVOKED, LeaseStore
from runledger.store.concurrency.slots import MAX_LIMITS
from runledger.store.dynamodb.table import Table
from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.store import Store
from tests.store.support.asking import Asked, made, persist
from tests.store.support.calls import FAULTS, broken, heard, preceded
from tests.store.support.contents import scan
from tests.store.support.limits import (
    CALLS,
    GONE,
    LATER,
    LIMIT,
    MEETINGS,
    NAMES,
    NOW,
    RUN,
    TAGS,
    Act,
    counted,
    end_the_lease,
    held,
    limit,
    prepared,
    renew_the_lease,
    take_what_expired,
    taken,
    tried,
)
from tests.support.databases import DynamoDB
from tests.support.removals import Removals

TAKERS, SLOTS = 50, 5
ADDRESS = "/v2/concurrency_limits"

STEPS = [(act, call) for act, calls in CALLS.items() for call in range(calls)]
ENCOUNTERS = [
    (act, other, call)
    for act, others in MEETINGS.items()
    for other in others
    for call in range(CALLS[act])
]


def named(value: object) -> str | None:
    return getattr(value, "__name__", None)


@pytest.fixture
def store(on_dynoxide: DynamoDB) -> Store:
    return Store(Table(on_dynoxide.client, on_dynoxide.table), shards=2)


def leases(store: Store) -> list[Lease]:
    """Return the leases that hold slots of the first limit."""
    (seen,) = ConcurrencyLimitStore.of(store).read_by_names(NAMES[:1])
    return LeaseStore.of(store).of_limit(seen.limit.id)


class SlotTally:
    """The number of holders of slots: now, and at most."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.now = self.most = 0

    @contextmanager
    def holding(self) -> Iterator[None]:
        self._add(1)
        yield
        self._add(-1)

    def _add(self, more: int) -> None:
        with self._lock:
            self.now += more
            self.most = max(self.now, self.most)


def take_and_give_back(api: httpx.Client, tally: SlotTally) -> None:
    wanted = Asked("POST", f"{ADDRESS}/increment-with-lease", {"names": NAMES, "slots": 1})
    while (answer := persist(api, wanted)).status_code == httpx.codes.LOCKED:
        time.sleep(0.05)
    with tally.holding():
        time.sleep(0.01)
    lease_id = answer.raise_for_status().json()["lease_id"]
    persist(api, Asked("POST", f"{ADDRESS}/decrement-with-lease", {"lease_id": lease_id}))


def test_of_50_who_race_for_5_slots_at_most_5_hold_one_and_all_get_one(
    api_on_dynoxide: httpx.Client, store: Store
) -> None:
    for name in NAMES:
        made(api_on_dynoxide, Asked("POST", f"{ADDRESS}/", {"name": name, "limit": SLOTS}))
    tally = SlotTally()
    with ThreadPoolExecutor(TAKERS) as pool:
        list(pool.map(lambda _: take_and_give_back(api_on_dynoxide, tally), range(TAKERS)))
    assert tally.most <= SLOTS
    assert counted(store) == held(store) == dict.fromkeys(NAMES, 0)


@pytest.mark.parametrize("act", CALLS, ids=named)
def test_the_calls_of_an_act_are_known(store: Store, act: Act) -> None:
    lease_id = prepared(store)
    with heard(store.table.client) as calls:
        tried(act, store, lease_id)
    assert len(calls) == CALLS[act]


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize(("act", "call"), STEPS, ids=named)
@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_fails_each_slot_counted_has_a_holder(
    store: Store, act: Act, call: int, fault: str
) -> None:
    lease_id = prepared(store)
    is_gone = call >= GONE.get(act, CALLS[act])
    with (
        broken(store.table.client, FAULTS[fault], first=call),
        nullcontext() if is_gone else pytest.raises(Unavailable),
    ):
        act(store, lease_id)
    assert counted(store) == held(store)
    if not is_gone:
        tried(act, store, lease_id)
        assert counted(store) == held(store)


@pytest.mark.usefixtures("_no_pauses", "api_on_dynoxide")
@pytest.mark.parametrize(("act", "call"), [step for step in STEPS if step[0] in GONE], ids=named)
@pytest.mark.parametrize("fault", FAULTS)
def test_whichever_call_of_a_deletion_fails_no_slot_is_left(
    on_dynoxide: DynamoDB, act: Act, call: int, fault: str
) -> None:
    removals, store = Removals(on_dynoxide), Store(wiring.store().table, shards=2)
    lease_id = prepared(store)
    with broken(store.table.client, FAULTS[fault], first=call), suppress(Unavailable):
        act(store, lease_id)
    tried(act, store, lease_id)
    removals.follow()
    limits = {
        keys.limit_id(seen.limit.id)
        for seen in ConcurrencyLimitStore.of(store).read_by_names(NAMES)
    }
    left = {Key(key.pk, keys.LIMIT_ID) for key in scan(on_dynoxide) if key.sk.startswith(keys.SLOT)}
    assert left <= limits


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize(("act", "other", "call"), ENCOUNTERS, ids=named)
def test_whoever_comes_between_each_slot_counted_has_a_holder(
    store: Store, act: Act, other: Act, call: int
) -> None:
    lease_id = prepared(store)
    with preceded(store.table.client, call, lambda: tried(other, store, lease_id)):
        tried(act, store, lease_id)
    assert counted(store) == held(store)


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("call", range(CALLS[take_what_expired]))
def test_a_lease_that_is_renewed_keeps_its_slots(store: Store, call: int) -> None:
    lease_id = prepared(store)
    renewed: list[bool] = []

    def renew() -> None:
        with suppress(LeaseExpired):
            renew_the_lease(store, lease_id)
            renewed.append(True)

    with preceded(store.table.client, call, renew):
        tried(take_what_expired, store, lease_id)
    assert [True for lease in leases(store) if lease.id == lease_id] == renewed


def test_what_expired_is_given_to_who_asks_next(store: Store) -> None:
    prepared(store)
    assert taken(store, now=LATER) in {lease.id for lease in leases(store)}
    assert counted(store) == held(store) == dict.fromkeys(NAMES, 1)


def test_what_has_not_expired_is_not(store: Store) -> None:
    prepared(store)
    with pytest.raises(Locked):
        taken(store, now=LATER - timedelta(seconds=1))


def test_what_a_task_run_holds_does_not_expire(store: Store) -> None:
    limit(store, NAMES[0], limit=1)
    slots.take_for_task_run(store, TAGS[:1], RUN, now=NOW)
    with pytest.raises(Locked):
        taken(store, names=NAMES[:1], now=NOW + timedelta(days=9999))


def test_a_lease_that_expired_is_not_renewed(store: Store) -> None:
    lease_id = prepared(store)
    with pytest.raises(LeaseExpired):
        slots.renew(store, lease_id, 60, now=LATER)


def test_what_is_set_below_what_is_held_is_not_given_back_below_zero(store: Store) -> None:
    lease_id = prepared(store)
    concurrency_limits.change(store, NAMES[0], {"active_slots": 0}, now=NOW)
    end_the_lease(store, lease_id)
    assert counted(store) == dict.fromkeys(NAMES, 0)


def test_how_long_slots_were_held_counts_for_the_average(store: Store) -> None:
    lease_id = prepared(store)
    slots.end_lease(store, lease_id, now=NOW + timedelta(seconds=22))
    (seen,) = ConcurrencyLimitStore.of(store).read_by_names(NAMES[:1])
    assert seen.limit.avg_slot_occupancy_seconds == 2 + (22 - 2) / (LIMIT * SAMPLES)


def test_more_limits_than_a_transaction_holds_are_refused(store: Store) -> None:
    names = tuple(f"n{number}" for number in range(MAX_LIMITS + 1))
    for name in names:
        limit(store, name)
    with pytest.raises(TooLarge):
        taken(store, names=names)


def test_a_limit_of_many_holders_is_reset(store: Store) -> None:
    limit(store, NAMES[0], limit=99)
    for number in range(MAX_REVOKED + 1):
        slots.take_for_task_run(store, TAGS[:1], UUID(int=number), now=NOW)
    tag_limits.reset(store, TAGS[0], [], now=NOW)
    assert counted(store) == held(store) == {NAMES[0]: 0}
