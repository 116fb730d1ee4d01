"""Rules of flow runs beyond the recorded transitions.

See docs/contract/neighbours.md 3.3.
"""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.orchestration.flow_run_policies import flow_policy_for
from runledger.domain.orchestration.transitions import (
    Abort,
    Decision,
    ForgetInputs,
    Reject,
    ReleaseSlots,
    Transition,
    decide,
)
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from tests.transitions.building import FRESH_ID, NOW, RUN_ID, facts, flow_run, state

LAST = datetime.fromisoformat("9999-12-31T23:59:59.999999Z")


def propose(
    run: FlowRun, proposed: State, *, force: bool = False, **known: Any
) -> Decision[FlowRun]:
    asked = Transition(run, proposed, facts(**known))
    return decide(flow_policy_for(force=force), asked)


def test_a_pause_fires_once_for_an_empty_key_too() -> None:
    run = flow_run(state("RUNNING"), policy={"pause_keys": [""]})
    refused = Reject("This pause has already fired.")
    assert propose(run, state("PAUSED", pause_key="")).refusal == refused


def test_a_suspension_that_fired_says_so() -> None:
    run = flow_run(state("RUNNING"), policy={"pause_keys": ["k"]})
    refused = Reject("This suspend has already fired.")
    assert propose(run, state("PAUSED", "Suspended", pause_key="k")).refusal == refused


def test_a_pause_without_a_key_is_given_one() -> None:
    decision = propose(flow_run(state("RUNNING"), policy={"pause_keys": ["k"]}), state("PAUSED"))
    assert decision.run.empirical_policy.pause_keys == {"k", str(FRESH_ID)}


@pytest.mark.parametrize("name", ["Paused", "Suspended"])
def test_a_subflow_run_can_not_give_up_its_place(name: str) -> None:
    run = flow_run(state("RUNNING"), parent_task_run_id=RUN_ID, deployment_id=UUID(int=7))
    verb = {"Paused": "pause", "Suspended": "suspend"}[name]
    refused = Abort(f"Cannot {verb} subflows.")
    assert propose(run, state("PAUSED", name, pause_reschedule=True)).refusal == refused


@pytest.mark.parametrize(("late", "name"), [(timedelta(0), "Running"), (timedelta(1), "Failed")])
def test_a_pause_may_end_with_its_timeout_and_not_later(late: timedelta, name: str) -> None:
    run = flow_run(state("PAUSED", pause_timeout=NOW - late))
    assert propose(run, state("RUNNING")).run.state_name == name


def test_a_run_of_a_deployment_that_is_gone_is_not_handed_out() -> None:
    run = flow_run(state("SCHEDULED"), deployment_id=UUID(int=7))
    refused = Abort("Deployment not found.")
    assert propose(run, state("PENDING"), deployed=False).refusal == refused


@pytest.mark.parametrize("kind", ["RUNNING", "SCHEDULED", "COMPLETED", "PAUSED"])
def test_a_deployment_that_is_gone_hinders_nothing_else(kind: str) -> None:
    run = flow_run(state("RUNNING"), deployment_id=UUID(int=7))
    assert propose(run, state(kind), deployed=False).status == "ACCEPT"


@pytest.mark.parametrize("pid", [None, ""])
def test_a_run_without_a_process_is_cancelled_at_once(pid: str | None) -> None:
    run = flow_run(state("SCHEDULED"), infrastructure_pid=pid)
    decision = propose(run, state("CANCELLING", data={"a": 1}, cache_key="k"))
    assert decision.written == run.own(state("CANCELLED").replace(id=FRESH_ID))


def test_a_failure_that_is_tried_again_keeps_what_it_said() -> None:
    run = flow_run(state("RUNNING"), run_count=1, policy={"retries": 1, "retry_delay": 5})
    failed = state("FAILED", "Broken", data={"a": 1}, cache_key="k").replace(message="why")
    again = state("SCHEDULED", "AwaitingRetry", data={"a": 1}, scheduled_time=NOW + timedelta(0, 5))
    expected = run.own(again.replace(id=FRESH_ID, message="why"))
    assert propose(run, failed).written == expected


def test_a_delay_beyond_the_calendar_ends_with_it() -> None:
    run = flow_run(state("RUNNING"), policy={"retries": 1, "retry_delay": 10**400})
    written = propose(run, state("FAILED")).written
    assert written
    assert written.state_details.scheduled_time == LAST


@pytest.mark.parametrize("force", [False, True])
def test_what_was_made_once_is_not_made_again_unless_by_force(*, force: bool) -> None:
    run = flow_run(state("PENDING", transition_id=UUID(int=8)))
    answer = propose(run, state("RUNNING", transition_id=UUID(int=8)), force=force)
    assert answer.status == ("ACCEPT" if force else "REJECT")


def test_only_what_is_written_has_effects() -> None:
    assert propose(flow_run(state("PENDING")), state("PAUSED")).effects == ()
    assert propose(flow_run(state("PENDING")), state("FAILED")).effects == (ReleaseSlots(),)


LEASE, OTHER = UUID(int=8), UUID(int=9)


def lease(written: State | None) -> UUID | None:
    assert written is not None
    return written.state_details.deployment_concurrency_lease_id


# The same on the reference, asked from each type to each.
@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize(
    ("left", "entered"),
    [
        *(("SCHEDULED", entered) for entered in ("PENDING", "RUNNING", "CANCELLED", "SCHEDULED")),
        *(("RUNNING", entered) for entered in ("RUNNING", "COMPLETED", "PAUSED", "CANCELLING")),
        *(("CRASHED", "PENDING"), ("PENDING", "FAILED"), ("CANCELLING", "CANCELLED")),
    ],
)
def test_the_lease_of_a_slot_is_carried_over(left: str, entered: str, *, force: bool) -> None:
    run = flow_run(state(left, deployment_concurrency_lease_id=LEASE))
    assert lease(propose(run, state(entered), force=force).written) == LEASE


@pytest.mark.parametrize("force", [False, True])
def test_a_lease_that_a_proposal_names_is_taken(*, force: bool) -> None:
    run = flow_run(state("SCHEDULED", deployment_concurrency_lease_id=LEASE))
    proposed = state("PENDING", deployment_concurrency_lease_id=OTHER)
    assert lease(propose(run, proposed, force=force).written) == OTHER


@pytest.mark.parametrize("held", [LEASE, None])
def test_a_run_starts_by_the_lease_that_it_was_handed_out_with(held: UUID | None) -> None:
    run = flow_run(state("PENDING", deployment_concurrency_lease_id=held))
    proposed = state("RUNNING", deployment_concurrency_lease_id=OTHER)
    assert lease(propose(run, proposed).written) == held
    assert lease(propose(run, proposed, force=True).written) == OTHER


def test_a_failure_that_is_tried_again_keeps_its_lease() -> None:
    run = flow_run(
        state("RUNNING", deployment_concurrency_lease_id=LEASE),
        run_count=1,
        policy={"retries": 1},
    )
    proposed = state("FAILED", deployment_concurrency_lease_id=OTHER)
    assert lease(propose(run, proposed).written) == LEASE


@pytest.mark.parametrize("force", [False, True])
def test_what_is_cancelled_in_place_of_something_else_has_no_lease(*, force: bool) -> None:
    run = flow_run(state("SCHEDULED", deployment_concurrency_lease_id=LEASE))
    assert lease(propose(run, state("CANCELLING"), force=force).written) is None


Pauses = tuple[set[str], bool, str | None]
ANEW: Pauses = (set(), False, "reschedule")
GOING_ON: Pauses = ({"k"}, True, None)


@pytest.mark.parametrize(
    ("left", "entered", "version", "expected"),
    [
        ({}, "SCHEDULED", None, ANEW),
        ({}, "SCHEDULED", (0, 8, 4), ANEW),
        ({}, "SCHEDULED", (0, 10, 0), ANEW),
        ({}, "SCHEDULED", (0, 8, 3), GOING_ON),
        ({}, "COMPLETED", None, GOING_ON),
        ({"pause_reschedule": True}, "SCHEDULED", None, GOING_ON),
        ({"pause_reschedule": True}, "SCHEDULED", (0, 8, 4), GOING_ON),
        ({"pause_timeout": NOW - timedelta(1)}, "SCHEDULED", None, GOING_ON),
    ],
)
def test_a_blocking_pause_that_is_left_to_start_over_is_forgotten(
    left: dict[str, Any],
    entered: str,
    version: tuple[int, int, int] | None,
    expected: Pauses,
) -> None:
    paused = state("PAUSED", **left)
    run = flow_run(paused, policy={"pause_keys": ["k"]}, deployment_id=UUID(int=7))
    policy = propose(run, state(entered), api_version=version).run.empirical_policy
    assert (policy.pause_keys, policy.resuming, policy.retry_type) == expected


@pytest.mark.parametrize(
    ("version", "expected"),
    [(None, (set(), False, "in_process")), ((0, 8, 3), ({"k"}, False, None))],
)
def test_pauses_fire_anew_in_the_next_attempt_of_a_client_that_knows_of_it(
    version: tuple[int, int, int] | None, expected: Pauses
) -> None:
    run = flow_run(state("RUNNING"), run_count=1, policy={"retries": 1, "pause_keys": ["k"]})
    policy = propose(run, state("FAILED"), api_version=version).run.empirical_policy
    assert (policy.pause_keys, policy.resuming, policy.retry_type) == expected


KEYSET = {"schema": "s", "response": "r"}


@pytest.mark.parametrize(
    ("left", "entered", "keyset", "forgotten"),
    [
        ("RUNNING", "PAUSED", KEYSET, ("s", "r")),
        ("RUNNING", "PAUSED", {}, ()),
        ("RUNNING", "PAUSED", None, ()),
        ("RUNNING", "RUNNING", KEYSET, ()),
        ("PENDING", "PAUSED", KEYSET, ()),
    ],
)
def test_a_pause_that_fires_forgets_what_it_was_given_before(
    left: str, entered: str, keyset: dict[str, str] | None, forgotten: tuple[str, ...]
) -> None:
    decision = propose(flow_run(state(left)), state(entered, run_input_keyset=keyset))
    found = [effect for effect in decision.effects if isinstance(effect, ForgetInputs)]
    assert found == ([ForgetInputs(forgotten)] if forgotten else [])


def test_a_pause_that_fired_forgets_nothing() -> None:
    run = flow_run(state("RUNNING"), policy={"pause_keys": ["k"]})
    proposed = state("PAUSED", pause_key="k", run_input_keyset=KEYSET)
    assert propose(run, proposed).effects == ()
