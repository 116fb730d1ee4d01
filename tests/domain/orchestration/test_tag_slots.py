"""Slots of tags' limits: taken, or waited for.

See docs/contract/orchestration.md R5.
"""

from uuid import UUID

import pytest

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.orchestration.transitions import Abort, Decision, TakeSlots, Wait
from runledger.domain.runs.task_runs import TaskRun
from tests.transitions.building import NOW, propose, state, task_run


def limit(tag: str, of: int, taken: int, average: float = 2.0) -> ConcurrencyLimit:
    return ConcurrencyLimit(
        id=UUID(int=6),
        created=NOW,
        updated=NOW,
        name=f"tag:{tag}",
        limit=of,
        active_slots=taken,
        avg_slot_occupancy_seconds=average,
        counted=NOW,
    )


def limited(*limits: ConcurrencyLimit) -> Decision[TaskRun]:
    return propose(task_run(state("PENDING")), state("RUNNING"), limits=limits)


def test_a_slot_of_every_limit_is_taken() -> None:
    decision = limited(limit("a", 1, 0), limit("b", 3, 2))
    assert decision.effects == (TakeSlots(),)


def test_one_limit_that_is_reached_is_enough_to_wait() -> None:
    decision = limited(limit("a", 1, 0), limit("b", 3, 3))
    refused = Wait("Concurrency limit reached for tags: a, b", delay_seconds=2)
    assert (decision.refusal, decision.effects) == (refused, ())


def test_a_wait_for_a_slot_is_at_most_about_ten_seconds() -> None:
    refusal = limited(limit("a", 1, 1, 1000.0)).refusal
    assert isinstance(refusal, Wait)
    assert 7 <= refusal.delay_seconds <= 13


def test_a_limit_of_no_slots_is_a_deadlock() -> None:
    refused = Abort(
        'The concurrency limit on tag "b" is 0 and will deadlock if the task tries to run again.'
    )
    assert limited(limit("a", 1, 1), limit("b", 0, 0)).refusal == refused


@pytest.mark.parametrize("how", [{"force": True}, {"deferred": True}], ids=str)
def test_forced_and_deferred_runs_take_no_slots(how: dict[str, bool]) -> None:
    full = (limit("a", 1, 1),)
    proposed = state("RUNNING", deferred=how.get("deferred", False))
    run = task_run(state("PENDING"))
    decision = propose(run, proposed, limits=full, force=how.get("force", False))
    assert (decision.status, decision.effects) == ("ACCEPT", ())
