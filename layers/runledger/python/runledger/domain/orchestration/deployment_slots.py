"""The rules by which flow runs hold slots of their deployment's limit.

See docs/contract/neighbours.md 13. A run takes a slot before it becomes PENDING, so that no
infrastructure is started in vain, and holds it by a lease, whose id is in its state. The process of
the run renews the lease; if it is lost, the lease ends.
"""

from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.domain.concurrency_limits import ConcurrencyLimit
from runledger.domain.orchestration.transitions import (
    Abort,
    Decision,
    FlowAnswer,
    FlowTransition,
    Reject,
    Status,
)
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import AWAITING_RETRY, StateDetails, StateType

AWAITING_SLOT = "AwaitingConcurrencySlot"
REACHED = "Deployment concurrency limit reached."
FULL_WHEN_LATE = "Deployment concurrency limit is full and uses the CANCEL_NEW strategy."
DEADLOCK = "The deployment concurrency limit is 0. The flow will deadlock if submitted again."
LOST = (
    "Deployment concurrency slot lost during provisioning - no slots available to continue"
    " execution"
)
REACHED_AFTER_LOSS = "Deployment concurrency limit reached after lease expiry."

# The time after which a run that found no slot tries again.
WAIT_FOR_SLOT = timedelta(seconds=30)
# The time until a run's first renewal, unless its deployment says otherwise.
LEASE_SECONDS = 300

# Clients since this version renew their leases; runs of others hold slots until they end.
RENEWS_LEASES = (3, 4, 11)

# States in which a run holds its slot.
HOLDING_SLOT: AbstractSet[StateType] = frozenset(
    {StateType.PENDING, StateType.RUNNING, StateType.CANCELLING}
)


class DeploymentLimit(NamedTuple):
    """The limit of a deployment's runs, what becomes of a run without a slot, and the lease."""

    limit: ConcurrencyLimit
    cancels_new: bool = False
    lease_seconds: float = LEASE_SECONDS

    def has_room(self, t: FlowTransition) -> bool:
        """Return whether a slot is free; an inactive limit gives none."""
        return self.limit.active and self.has_free_slot(t.facts.now)

    def has_free_slot(self, now: datetime) -> bool:
        """Return whether fewer slots are held than the limit has, also if it is inactive."""
        return self.limit.as_of(now).has_room(1)


class TakeDeploymentSlot(NamedTuple):
    """An effect: take a slot by a lease with this id."""

    lease_id: UUID


class RenewDeploymentLease(NamedTuple):
    """An effect: renew the run's lease for some seconds, or for as long as the run goes on."""

    seconds: float | None


def secure_slot(t: FlowTransition) -> FlowAnswer:
    """A run of an existing deployment becomes PENDING with a slot, if there is a limit."""
    if not t.facts.deployed:
        return Abort("Deployment not found.")
    limited = t.facts.deployment_limit
    if limited is None:
        return t
    if limited.limit.limit == 0:
        return Abort(DEADLOCK)
    if limited.has_room(t):
        return _with_slot(t)
    return _cancelled(t, REACHED, REACHED) if limited.cancels_new else _waiting(t)


def cancel_late_run(t: FlowTransition) -> FlowAnswer:
    """A run that finds all slots held is cancelled when it is late; a limit may be inactive."""
    limited = t.facts.deployment_limit
    if limited is None or not limited.cancels_new or limited.has_free_slot(t.facts.now):
        return t
    return _cancelled(t, REACHED, FULL_WHEN_LATE)


def start_by_lease(t: FlowTransition) -> FlowAnswer:
    """A run starts with the slot of its PENDING state, and with no other, unless that was lost."""
    lease_id = t.current.state_details.deployment_concurrency_lease_id
    kept = t.with_details(deployment_concurrency_lease_id=lease_id)
    limited = t.facts.deployment_limit
    if lease_id is None or limited is None or not renews_leases(t):
        return kept
    if t.facts.holds_slot:
        return kept.with_effect(RenewDeploymentLease(limited.lease_seconds))
    return _with_slot(t) if limited.has_room(t) else _cancelled(t, LOST, REACHED_AFTER_LOSS)


def keep_slot_of_old_client(t: FlowTransition) -> FlowAnswer:
    """The lease of a client that does not renew it lasts until the run ends."""
    if not t.facts.holds_slot or renews_leases(t):
        return t
    return t.with_effect(RenewDeploymentLease(None))


def renews_leases(t: FlowTransition) -> bool:
    return (t.facts.prefect_version or ()) >= RENEWS_LEASES


def gives_back_slot(decision: Decision[FlowRun]) -> bool:
    """Return whether a run no longer holds its slot after a decision.

    A run that fails and is retried in its process holds it while it waits.
    """
    state = decision.written
    if state is None or state.type in HOLDING_SLOT:
        return False
    is_retried = state.type == StateType.SCHEDULED and state.name == AWAITING_RETRY
    return not (is_retried and decision.status == Status.REJECT)


def _with_slot(t: FlowTransition) -> FlowTransition:
    lease_id = t.facts.lease_id or t.facts.state_id
    taken = t.with_details(deployment_concurrency_lease_id=lease_id)
    return taken.with_effect(TakeDeploymentSlot(lease_id))


def _waiting(t: FlowTransition) -> Reject:
    details = StateDetails(scheduled_time=t.facts.now + WAIT_FOR_SLOT)
    waiting = t.replacement(StateType.SCHEDULED, AWAITING_SLOT, state_details=details)
    return Reject(REACHED, waiting)


def _cancelled(t: FlowTransition, message: str, reason: str) -> Reject:
    cancelled = t.replacement(
        StateType.CANCELLED, "Cancelled", message=message, state_details=StateDetails()
    )
    return Reject(reason, cancelled)
