"""What the recorded transitions do not show of the rules of flow runs (neighbours 3.3)."""

from datetime import datetime, timedelta
from uuid import UUID

import pytest

from runledger.domain.flow_runs import FlowRun
from runledger.domain.orchestration import Decision, decide
from runledger.domain.policies import flow_policy_for
from runledger.domain.states import State
from runledger.domain.transitions import Abort, Reject, ReleaseSlots, Transition
from tests.transitions.building import FRESH_ID, NOW, RUN_ID, facts, flow_run, state

LAST = datetime.fromisoformat("9999-12-31T23:59:59.999999Z")


def propose(
    run: FlowRun, proposed: State, *, force: bool = False, deployed: bool = True
) -> Decision[FlowRun]:
    asked = Transition(run, proposed, facts(deployed=deployed))
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
    assert decision.written == run.own(state("CANCELLED").but(id=FRESH_ID))


def test_a_failure_that_is_tried_again_keeps_what_it_said() -> None:
    run = flow_run(state("RUNNING"), run_count=1, policy={"retries": 1, "retry_delay": 5})
    failed = state("FAILED", "Broken", data={"a": 1}, cache_key="k").but(message="why")
    again = state("SCHEDULED", "AwaitingRetry", data={"a": 1}, scheduled_time=NOW + timedelta(0, 5))
    expected = run.own(again.but(id=FRESH_ID, message="why"))
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
