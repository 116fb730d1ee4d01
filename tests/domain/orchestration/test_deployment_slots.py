"""The rules by which flow runs hold slots of their deployment's limit."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.orchestration.deployment_slots import (
    DEADLOCK,
    LOST,
    REACHED,
    REACHED_AFTER_LOSS,
    DeploymentLimit,
    RenewDeploymentLease,
    TakeDeploymentSlot,
    gives_back_slot,
)
from runledger.domain.orchestration.flow_run_policies import flow_policy_for
from runledger.domain.orchestration.transitions import Abort, Decision, Transition, decide
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State
from tests.transitions.building import NOW, facts, flow_run, state

DEPLOYMENT, LEASE, NEW_LEASE = UUID(int=7), UUID(int=8), UUID(int=9)
NEW_CLIENT, OLD_CLIENT = (3, 4, 11), (3, 4, 10)


def limited(*, held: int = 0, number: int = 1, **fields: Any) -> DeploymentLimit:
    own = {"id": LEASE, "created": NOW, "updated": NOW, "counted": NOW, "name": "d"}
    slots = {"limit": number, "active_slots": held, "active": fields.pop("active", True)}
    return DeploymentLimit(ConcurrencyLimit.model_validate(own | slots), **fields)


def propose(
    current: State, proposed: State, *, force: bool = False, **known: Any
) -> Decision[FlowRun]:
    run = flow_run(current, deployment_id=DEPLOYMENT, policy={"retries": 1, "retry_delay": 1})
    inputs = facts(**{"lease_id": NEW_LEASE, "prefect_version": NEW_CLIENT} | known)
    return decide(flow_policy_for(force=force), Transition(run, proposed, inputs))


def lease_of(decision: Decision[FlowRun]) -> UUID | None:
    assert decision.written
    return decision.written.state_details.deployment_concurrency_lease_id


def leased(kind: str, name: str | None = None) -> State:
    return state(kind, name, deployment_concurrency_lease_id=LEASE)


@pytest.mark.parametrize("source", ["SCHEDULED", "FAILED", "CRASHED"])
def test_a_run_becomes_pending_with_a_slot(source: str) -> None:
    taken = propose(state(source), state("PENDING"), deployment_limit=limited())
    assert (lease_of(taken), taken.effects[0]) == (NEW_LEASE, TakeDeploymentSlot(NEW_LEASE))


def test_without_a_free_slot_a_run_waits_or_is_cancelled() -> None:
    full = limited(held=1)
    waiting = propose(state("SCHEDULED"), state("PENDING"), deployment_limit=full)
    assert waiting.written
    assert (waiting.written.name, waiting.refusal and waiting.refusal.reason) == (
        "AwaitingConcurrencySlot",
        REACHED,
    )
    assert waiting.written.state_details.scheduled_time == NOW + timedelta(seconds=30)
    full = full._replace(cancels_new=True)
    cancelled = propose(state("SCHEDULED"), state("PENDING"), deployment_limit=full).written
    assert cancelled
    assert (cancelled.type, cancelled.message) == ("CANCELLED", REACHED)


def test_a_limit_of_zero_refuses_and_an_inactive_one_never_has_room() -> None:
    zero = propose(state("SCHEDULED"), state("PENDING"), deployment_limit=limited(number=0))
    assert zero.refusal == Abort(DEADLOCK)
    inactive = propose(state("SCHEDULED"), state("PENDING"), deployment_limit=limited(active=False))
    assert inactive.run.state_name == "AwaitingConcurrencySlot"


def test_a_forced_run_takes_no_slot() -> None:
    forced = propose(
        state("SCHEDULED"), state("PENDING"), force=True, deployment_limit=limited(held=1)
    )
    assert (forced.status, lease_of(forced)) == ("ACCEPT", None)


@pytest.mark.parametrize("version", [NEW_CLIENT, OLD_CLIENT, None])
def test_a_run_that_starts_renews_its_lease_or_keeps_it_for_good(
    version: tuple[int, int, int] | None,
) -> None:
    known: dict[str, Any] = {
        "deployment_limit": limited(held=1, lease_seconds=60),
        "prefect_version": version,
    }
    started = propose(leased("PENDING"), state("RUNNING"), holds_slot=True, **known)
    renewal = RenewDeploymentLease(60 if version == NEW_CLIENT else None)
    assert (lease_of(started), started.effects[:1]) == (LEASE, (renewal,))


def test_a_run_that_lost_its_slot_takes_another_or_is_cancelled() -> None:
    lost = (leased("PENDING"), state("RUNNING"))
    taken = propose(*lost, deployment_limit=limited())
    assert (taken.status, lease_of(taken)) == ("ACCEPT", NEW_LEASE)
    cancelled = propose(*lost, deployment_limit=limited(held=1))
    assert cancelled.written
    assert (cancelled.written.message, cancelled.refusal and cancelled.refusal.reason) == (
        LOST,
        REACHED_AFTER_LOSS,
    )
    # A client that never renewed its lease can't be told that it lost it.
    kept = propose(*lost, deployment_limit=limited(held=1), prefect_version=OLD_CLIENT)
    assert (kept.status, kept.effects) == ("ACCEPT", ())


@pytest.mark.parametrize(
    ("source", "target", "gives_back"),
    [
        ("PENDING", "RUNNING", False),
        ("RUNNING", "CANCELLING", False),
        ("CANCELLING", "CANCELLED", True),
        ("PENDING", "SCHEDULED", True),
        ("PENDING", "CRASHED", True),
        ("RUNNING", "COMPLETED", True),
        ("RUNNING", "PAUSED", True),
        # A failure is replaced by a retry in the same process.
        ("RUNNING", "FAILED", False),
    ],
)
def test_a_run_gives_its_slot_back_when_it_goes_on_no_more(
    source: str, target: str, *, gives_back: bool
) -> None:
    decision = propose(leased(source), state(target), holds_slot=True)
    assert (decision.written is not None, gives_back_slot(decision)) == (True, gives_back)


def test_a_retry_that_leaves_the_process_gives_the_slot_back() -> None:
    left = propose(leased("RUNNING"), state("SCHEDULED", "AwaitingRetry"), holds_slot=True)
    assert gives_back_slot(left)


def test_a_refusal_that_writes_nothing_gives_nothing_back() -> None:
    assert not gives_back_slot(propose(leased("RUNNING"), state("PENDING"), holds_slot=True))


@pytest.mark.parametrize(
    ("limit", "state_name"),
    [
        (None, "Late"),
        (limited(held=1), "Late"),
        (limited(held=1, number=2, cancels_new=True), "Late"),
        (limited(held=1, cancels_new=True), "Cancelled"),
        (limited(number=0, cancels_new=True), "Cancelled"),
        # Unlike a run that proposes PENDING, a late one finds the slots of an inactive limit.
        (limited(cancels_new=True, active=False), "Late"),
        (limited(held=1, cancels_new=True, active=False), "Cancelled"),
    ],
)
def test_a_late_run_is_cancelled_if_it_would_be_when_it_starts(
    limit: DeploymentLimit | None, state_name: str
) -> None:
    run = flow_run(state("SCHEDULED"), deployment_id=DEPLOYMENT)
    proposed = Transition(run, state("SCHEDULED", "Late"), facts(deployment_limit=limit))
    decision = decide(flow_policy_for(force=False, late=True), proposed)
    assert decision.run.state_name == state_name
    if state_name == "Cancelled":
        assert decision.written
        assert decision.written.message == REACHED
