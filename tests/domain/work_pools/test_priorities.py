"""Priorities of queues: unique, and as the reference moves them."""

from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runledger.domain.work_pools import creation
from runledger.domain.work_pools.pools import PoolWithQueues, WorkPool, WorkQueue
from runledger.domain.work_pools.priorities import first_free, rearranged

NOW = datetime(2030, 1, 1, tzinfo=UTC)
LATER = datetime(2030, 1, 2, tzinfo=UTC)


def queue(number: int, priority: int) -> WorkQueue:
    made = UUID(int=number)
    return WorkQueue(id=made, created=NOW, updated=NOW, name=f"q{number}", priority=priority)


def names(queues: tuple[WorkQueue, ...]) -> dict[str, int]:
    return {one.name: one.priority for one in queues}


@pytest.mark.parametrize(
    ("taken", "free"), [((), 1), ((1, 2), 3), ((2, 3), 1), ((1, 9), 2), ((1, 2, 9), 3)]
)
def test_a_queue_without_a_priority_gets_the_first_that_is_free(
    taken: tuple[int, ...], free: int
) -> None:
    assert first_free(taken) == free


def test_a_queue_comes_before_the_one_that_has_its_priority() -> None:
    queues = [queue(1, 1), queue(2, 2), queue(3, 4), queue(4, 1)]
    found = rearranged(queues, LATER, moved=UUID(int=4))
    assert names(found) == {"q4": 1, "q1": 2, "q2": 3, "q3": 4}
    assert {one.name for one in found if one.updated == LATER} == {"q1", "q2"}


def test_numbers_that_became_free_stay_free() -> None:
    assert names(rearranged([queue(2, 2), queue(5, 9)], LATER)) == {"q2": 2, "q5": 9}


@given(st.lists(st.tuples(st.integers(1, 6), st.booleans()), max_size=8))
@settings(max_examples=30)
def test_priorities_are_unique_and_a_new_queue_gets_what_it_asks_for(
    asked: list[tuple[int, bool]],
) -> None:
    pool = WorkPool(
        id=UUID(int=0), created=NOW, updated=NOW, name="p", default_queue_id=UUID(int=1)
    )
    document: PoolWithQueues = creation.new_pool(pool)
    for number, (priority, names_it) in enumerate(asked, start=2):
        before = [one.id for one in document.by_priority]
        document = creation.with_new_queue(
            document, queue(number, 1), priority if names_it else None
        )
        taken = [one.priority for one in document.queues]
        assert len(set(taken)) == len(taken)
        placed = document.queue_by_id(UUID(int=number))
        assert placed is not None
        assert not names_it or placed.priority == priority
        # The others keep their order.
        assert [one.id for one in document.by_priority if one.id != placed.id] == before
