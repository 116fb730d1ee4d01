"""Counts of limits, and the delay for a client that finds one full."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runledger.domain.concurrency_limits import (
    MAX_WAIT,
    MAX_WAIT_FOR_TAGS,
    SAMPLES,
    ConcurrencyLimit,
    GlobalConcurrencyLimitResponse,
    Holder,
    Lease,
    LeasedLimit,
    tag_limit_name,
)
from runledger.domain.errors import Invalid
from runledger.domain.slot_requests import JITTER, refuse_impossible, seconds_to_wait

NOW = datetime(2026, 1, 1, tzinfo=UTC)
OWN = {"id": UUID(int=1), "created": NOW, "updated": NOW, "counted": NOW}


def limit(**fields: object) -> ConcurrencyLimit:
    return ConcurrencyLimit.model_validate({"name": "api", "limit": 4} | OWN | fields)


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def wait(*limits: ConcurrencyLimit, slots: int = 1, random_fraction: float = 0.5) -> float:
    return seconds_to_wait(limits, slots, random_fraction)


def test_slots_of_a_limit_stay_until_they_are_given_back() -> None:
    assert limit(active_slots=3).as_of(after(9999)).active_slots == 3


@pytest.mark.parametrize(
    ("seconds", "left"), [(0, 3), (9.9, 3), (10, 2), (25, 1), (30, 0), (99, 0)]
)
def test_slots_of_a_rate_limit_come_back_one_by_one(seconds: float, left: int) -> None:
    rate = limit(active_slots=3, slot_decay_per_second=0.1)
    assert rate.as_of(after(seconds)).active_slots == left


def test_denied_slots_of_a_rate_limit_are_forgotten_at_its_rate() -> None:
    rate = limit(active_slots=3, denied_slots=3, slot_decay_per_second=0.1)
    assert rate.as_of(after(20)).denied_slots == 1


@given(
    rate=st.floats(0.01, 10),
    looks=st.lists(st.floats(0, 20), max_size=5),
    seconds=st.floats(0, 100),
)
def test_it_does_not_matter_how_often_a_rate_limit_is_looked_at(
    rate: float, looks: list[float], seconds: float
) -> None:
    often = once = limit(active_slots=50, limit=50, slot_decay_per_second=rate)
    for look in sorted(looks):
        often = often.as_of(after(min(look, seconds)))
    now = after(seconds)
    assert abs(often.as_of(now).active_slots - once.as_of(now).active_slots) <= 1


def test_nothing_is_saved_up_while_no_slot_is_held() -> None:
    idle = limit(slot_decay_per_second=0.1).as_of(after(19))
    taken = idle.replace(active_slots=1)
    assert taken.as_of(after(28)).active_slots == 1
    assert taken.as_of(after(29)).active_slots == 0


def test_a_clock_that_is_behind_gives_nothing_back() -> None:
    rate = limit(active_slots=3, slot_decay_per_second=1)
    assert rate.as_of(after(-60)).active_slots == 3


@given(rate=st.floats(0, allow_infinity=False), seconds=st.floats(0, 1e9))
def test_any_rate_can_be_counted(rate: float, seconds: float) -> None:
    assert limit(slot_decay_per_second=rate, active_slots=1).as_of(after(seconds)).limit == 4


def test_there_is_room_up_to_the_limit() -> None:
    assert limit(active_slots=3).has_room(1)
    assert not limit(active_slots=3).has_room(2)


def test_the_average_moves_towards_how_long_slots_were_held() -> None:
    two_slots = limit(avg_slot_occupancy_seconds=2).change_of_average(20, 2)
    assert two_slots == (10 - 2) / (4 * SAMPLES)


def test_only_the_limit_of_a_tag_has_a_tag() -> None:
    assert (limit(name="tag:a:b").tag, limit(name="tag").tag) == ("a:b", None)


def test_more_than_there_is_can_not_be_had() -> None:
    with pytest.raises(Invalid, match="greater than the limit"):
        refuse_impossible([limit(), limit(limit=2)], 3, "concurrency")


def test_a_rate_can_not_be_had_of_a_limit_without_one() -> None:
    lasting = [limit(name=name) for name in ("a", "b")]
    with pytest.raises(Invalid, match="configured: 'a,b'"):
        refuse_impossible([*lasting, limit(slot_decay_per_second=1)], 1, "rate_limit")


@given(random_fraction=st.floats(0, 1, exclude_max=True))
def test_who_waits_comes_back_about_when_a_slot_is_free(random_fraction: float) -> None:
    usual = 2.0 / 4
    assert 0.7 * usual < wait(limit(), random_fraction=random_fraction) <= (1 + JITTER) * usual


def test_the_most_wanted_limit_says_how_long_to_wait() -> None:
    lasting, wanted = limit(), limit(limit=1, avg_slot_occupancy_seconds=20)
    assert wait(lasting, wanted) == wait(wanted) > wait(lasting)


@pytest.mark.parametrize(("name", "most"), [("api", MAX_WAIT), ("tag:api", MAX_WAIT_FOR_TAGS)])
def test_nobody_waits_too_long(name: str, most: float) -> None:
    slow = limit(name=name, avg_slot_occupancy_seconds=9999, denied_slots=9999)
    assert wait(slow, random_fraction=0.999999) <= (1 + JITTER) * most


def test_a_rate_limit_is_waited_for_as_long_as_it_takes() -> None:
    rate = limit(slot_decay_per_second=0.001)
    assert wait(rate, slots=3) == pytest.approx(3000, rel=JITTER)


def test_only_a_lease_that_expires_can_have_expired() -> None:
    lease = Lease(id=uuid4(), created=NOW, limits=())
    assert not lease.has_expired(after(1e9))
    assert lease.replace(expiration=NOW).has_expired(NOW)


def test_only_a_task_run_is_told_as_holder() -> None:
    held = Lease(id=uuid4(), created=NOW, limits=(), holder=Holder(type="task_run", id=UUID(int=7)))
    other = held.replace(holder=Holder(type="flow_run", id=UUID(int=7)))
    assert (held.task_run_id, other.task_run_id) == (UUID(int=7), None)


def test_a_tag_has_a_limit_of_a_name_of_its_own() -> None:
    assert tag_limit_name("a") == "tag:a"


def test_slots_are_given_back_by_what_is_remembered_of_their_lease() -> None:
    leased = (LeasedLimit(id=UUID(int=1), name="a"),)
    lease = Lease(id=UUID(int=2), created=NOW, limits=leased)
    assert (lease.held.lease_id, lease.held.limits) == (lease.id, leased)


def test_a_rate_is_had_of_limits_with_decay() -> None:
    refuse_impossible([limit(slot_decay_per_second=1.0)], 4, "rate_limit")
    refuse_impossible([limit()], 4, "concurrency")


def test_a_deployment_shows_its_limit_without_its_denials() -> None:
    one = limit(active_slots=1)
    shown = GlobalConcurrencyLimitResponse.of(one)
    assert (shown.id, shown.name, shown.limit, shown.active_slots) == (
        one.id,
        one.name,
        one.limit,
        1,
    )
    assert "denied_slots" not in shown.model_dump()
