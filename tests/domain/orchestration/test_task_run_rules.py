"""Rules of task runs beyond the recorded transitions.

See docs/contract/orchestration.md 2.
"""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.orchestration.transitions import (
    Abort,
    Decision,
    Enqueue,
    Refusal,
    Reject,
    ReleaseSlots,
    RememberResult,
    Transition,
    Wait,
)
from runledger.domain.runs.task_runs import TaskRun
from tests.transitions.building import (
    FLOW_RUN_ID,
    FRESH_ID,
    NOW,
    facts,
    flow_run,
    propose,
    state,
    task_run,
)

SECOND = timedelta(seconds=1)
CACHED = state("COMPLETED", "Done", data={"answer": 42}, cache_key="k")


def answer(decision: Decision[TaskRun]) -> tuple[str, str | None, Refusal | None]:
    return decision.status, decision.run.state_name, decision.refusal


def test_only_a_run_with_a_state_has_a_current_one() -> None:
    asked = Transition(task_run(None), state("RUNNING"), facts())
    assert asked.source is None
    with pytest.raises(ValueError, match="has no state yet"):
        _ = asked.current


# R1


def test_a_deferred_pending_run_may_be_renamed_and_keeps_its_time_and_lease() -> None:
    lease = UUID(int=9)
    waiting = state("PENDING", scheduled_time=NOW, deployment_concurrency_lease_id=lease)
    renamed = state("PENDING", "Submitting", deferred=True, scheduled_time=NOW + SECOND)
    written = propose(task_run(waiting), renamed).written
    assert written
    details = written.state_details
    assert (details.scheduled_time, details.deployment_concurrency_lease_id) == (NOW, lease)


@pytest.mark.parametrize("name", ["Pending", "Submitting"])
def test_a_deferred_pending_run_is_not_handed_out_again_under_its_name(name: str) -> None:
    run = task_run(state("PENDING", "Submitting"))
    assert propose(run, state("PENDING", name, deferred=True)).status == "ABORT"


# R2


def test_a_cached_result_stands_for_the_run_with_an_id_and_a_time_of_its_own() -> None:
    old = CACHED.replace(timestamp=NOW - SECOND)
    decision = propose(task_run(state("PENDING")), state("RUNNING", cache_key="k"), cached=old)
    expected = old.replace(id=FRESH_ID, name="Cached", timestamp=NOW)
    assert decision.written == decision.run.own(expected)


def test_a_cached_result_belongs_to_the_run_that_reuses_it() -> None:
    cached = CACHED.belonging_to(task_run_id=UUID(int=8), flow_run_id=UUID(int=9))
    run = task_run(state("PENDING"))
    written = propose(run, state("RUNNING", cache_key="k"), cached=cached).written
    assert written
    assert (written.state_details.task_run_id, written.state_details.flow_run_id) == (run.id, None)


@pytest.mark.parametrize("details", [{"cache_key": "k", "refresh_cache": True}, {"cache_key": ""}])
def test_a_result_is_not_reused_unasked(details: dict[str, Any]) -> None:
    proposed = state("RUNNING", **details)
    assert propose(task_run(None), proposed, cached=CACHED).status == "ACCEPT"


@pytest.mark.parametrize("refresh", [None, False])
def test_a_result_is_reused_when_no_new_one_is_asked_for(refresh: bool | None) -> None:  # noqa: FBT001
    proposed = state("RUNNING", cache_key="k", refresh_cache=refresh)
    assert propose(task_run(None), proposed, cached=CACHED).status == "REJECT"


def test_a_reused_result_is_not_remembered_again_and_counts_as_no_attempt() -> None:
    proposed = state("RUNNING", cache_key="k")
    decision = propose(task_run(state("PENDING")), proposed, cached=CACHED)
    assert (decision.effects, decision.run.run_count) == ((ReleaseSlots(),), 0)


# R3


@pytest.mark.parametrize("data", ["text", 1, [0], True, {"a": 1}])
def test_data_of_any_kind_is_a_result_to_keep(data: object) -> None:
    run = task_run(state("COMPLETED", data=data))
    refused = Reject("This run is already completed.")
    assert answer(propose(run, state("RUNNING"))) == ("REJECT", "Completed", refused)


@pytest.mark.parametrize("data", [None, {}, "", 0, [], False])
def test_a_completion_without_a_result_can_be_undone(data: object) -> None:
    run = task_run(state("COMPLETED", data=data), run_count=3)
    decision = propose(run, state("RUNNING"))
    assert (decision.status, decision.run.run_count) == ("ACCEPT", 1)


def test_a_count_that_was_reset_is_restored_when_the_proposal_is_replaced() -> None:
    paused = flow_run(state("PAUSED"))
    run = task_run(state("FAILED"), run_count=3, flow_run_id=FLOW_RUN_ID)
    decision = propose(run, state("RUNNING"), flow_run=paused)
    assert (decision.run.state_name, decision.run.run_count) == ("NotReady", 3)


# R4


def test_a_run_in_a_flow_run_that_is_gone_is_not_started() -> None:
    refused = Abort("The enclosing flow must be running to begin task execution.")
    run = task_run(state("PENDING"), flow_run_id=FLOW_RUN_ID)
    assert answer(propose(run, state("RUNNING"))) == ("ABORT", "Pending", refused)


def test_a_run_in_a_paused_flow_run_waits_as_long_as_that() -> None:
    paused = flow_run(state("PAUSED", pause_timeout=NOW, pause_reschedule=True, pause_key="k"))
    run = task_run(state("PENDING"), flow_run_id=FLOW_RUN_ID)
    written = propose(run, state("RUNNING", cache_key="c"), flow_run=paused).written
    assert written
    assert (
        written.state_details
        == run.own(state("PAUSED", pause_timeout=NOW, pause_reschedule=True)).state_details
    )


# R6


@pytest.mark.parametrize(
    ("left", "delay"), [(0.5, None), (0.51, 1), (1.5, 2), (59.4, 59), (3600, 3600)]
)
def test_a_run_waits_whole_seconds_for_its_time(left: float, delay: int | None) -> None:
    run = task_run(state("SCHEDULED", scheduled_time=NOW + left * SECOND))
    refusal = propose(run, state("RUNNING")).refusal
    assert refusal == (delay and Wait("Scheduled time is in the future", delay))


@pytest.mark.parametrize("kind", ["SCHEDULED", "PENDING"])
@pytest.mark.parametrize("target", ["PENDING", "RUNNING"])
def test_a_deferred_run_keeps_the_place_of_its_parameters(kind: str, target: str) -> None:
    run = task_run(state(kind, task_parameters_id=UUID(int=7)))
    written = propose(run, state(target, "Handed out", deferred=True)).written
    assert written
    assert written.state_details.task_parameters_id == UUID(int=7)


def test_a_deferred_run_may_be_given_other_parameters() -> None:
    run = task_run(state("SCHEDULED", task_parameters_id=UUID(int=7)))
    proposed = state("RUNNING", deferred=True, task_parameters_id=UUID(int=8))
    assert propose(run, proposed).written == run.own(proposed)


# R10


@pytest.mark.parametrize(("length", "status"), [(2000, "ACCEPT"), (2001, "REJECT")])
def test_a_completion_is_remembered_however_long_its_key(length: int, status: str) -> None:
    completed = state("COMPLETED", cache_key="k" * length)
    decision = propose(task_run(state("RUNNING")), completed)
    assert (decision.status, decision.run.state_type) == (status, "COMPLETED")
    assert RememberResult() in decision.effects


@pytest.mark.parametrize("how", [{"force": True}, {"key": ""}, {"key": None}], ids=str)
def test_other_completions_are_not_remembered(how: dict[str, Any]) -> None:
    completed = state("COMPLETED", cache_key=how.get("key", "k"))
    decision = propose(task_run(state("RUNNING")), completed, force=how.get("force", False))
    assert decision.effects == (ReleaseSlots(),)


# R11


@pytest.mark.parametrize("kind", ["RUNNING", "CANCELLING"])
def test_slots_are_kept_while_a_run_runs_or_is_being_cancelled(kind: str) -> None:
    assert propose(task_run(state("RUNNING")), state(kind), force=True).effects == ()


def test_what_is_refused_has_no_effects() -> None:
    early = task_run(state("SCHEDULED", scheduled_time=NOW + 60 * SECOND))
    assert propose(early, state("RUNNING")).effects == ()


# R12


def test_a_deferred_run_waits_for_a_worker() -> None:
    decision = propose(task_run(None), state("SCHEDULED", deferred=True), force=True)
    assert decision.effects == (Enqueue(), ReleaseSlots())


def test_a_run_that_is_not_deferred_waits_for_no_worker() -> None:
    assert propose(task_run(None), state("SCHEDULED")).effects == (ReleaseSlots(),)
