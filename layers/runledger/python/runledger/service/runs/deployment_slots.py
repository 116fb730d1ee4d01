"""The slots of a deployment's limit that flow runs take and give back with their states."""

from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from runledger.domain.concurrency_limits import Holder, Lease
from runledger.domain.deployments.deployments import CollisionStrategy, Deployment
from runledger.domain.orchestration.deployment_slots import (
    LEASE_SECONDS,
    DeploymentLimit,
    RenewDeploymentLease,
    TakeDeploymentSlot,
    gives_back_slot,
)
from runledger.domain.orchestration.transitions import Decision
from runledger.domain.runs.flow_runs import FlowRun
from runledger.domain.runs.states import State, StateType
from runledger.store.concurrency import slots
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.lease_changes import LeaseChanges, LeaseRenewed, SlotTaken
from runledger.store.concurrency.leases import LeaseStore
from runledger.store.concurrency.slots import SeenLease, SeenLimit
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.store import Store

# The states before which a run's deployment is read.
CHECKED = frozenset({StateType.PENDING, StateType.RUNNING})
# Seconds for which a lease goes on that another one replaced.
NO_TIME = 0.0


class SeenSlots(NamedTuple):
    """A run's deployment, its limit, and the lease that the run holds, as they were read."""

    deployed: bool = True
    limit: SeenLimit | None = None
    rules: DeploymentLimit | None = None
    lease: SeenLease | None = None


def read(store: Store, run: FlowRun, proposed: State, *, force: bool, now: datetime) -> SeenSlots:
    """Read what the rules of slots need for a proposed state.

    Raises:
        WriteConflict: the limit was full, and expired leases were ended; read again.
    """
    lease = held_lease(store, run)
    if force or run.deployment_id is None or proposed.type not in CHECKED:
        return SeenSlots(lease=lease)
    if proposed.type == StateType.RUNNING and _lease_id(run) is None:
        return SeenSlots()
    seen = DeploymentStore.of(store).read(run.deployment_id)
    if seen is None:
        return SeenSlots(deployed=False, lease=lease)
    limit = _limit(store, seen.deployment)
    if limit is None:
        return SeenSlots(lease=lease)
    is_full = limit.limit.active and not limit.limit.as_of(now).has_room(1)
    if is_full and (proposed.type == StateType.PENDING or lease is None):
        LeaseStore.of(store).make_room([limit], now)
    return SeenSlots(limit=limit, rules=_rules(seen.deployment, limit), lease=lease)


def read_if_cancelled(store: Store, run: FlowRun, *, now: datetime) -> SeenSlots:
    """Read the limit of a late run if its deployment cancels runs that find no slot.

    Raises:
        WriteConflict: the limit was full, and expired leases were ended; read again.
    """
    seen = DeploymentStore.of(store).read(run.deployment_id) if run.deployment_id else None
    if seen is None or not _cancels_new(seen.deployment):
        return SeenSlots()
    limit = _limit(store, seen.deployment)
    if limit is None:
        return SeenSlots()
    rules = _rules(seen.deployment, limit)
    if not rules.has_free_slot(now):
        LeaseStore.of(store).make_room([limit], now)
    return SeenSlots(limit=limit, rules=rules)


def _limit(store: Store, deployment: Deployment) -> SeenLimit | None:
    limit_id = deployment.concurrency_limit_id
    return ConcurrencyLimitStore.of(store).read(limit_id) if limit_id else None


def _cancels_new(deployment: Deployment) -> bool:
    options = deployment.concurrency_options
    return options is not None and options.collision_strategy == CollisionStrategy.CANCEL_NEW


def held_lease(store: Store, run: FlowRun) -> SeenLease | None:
    """Return the lease that a run's state names, expired or not, if the run itself holds it."""
    lease_id = _lease_id(run)
    seen = LeaseStore.of(store).read(lease_id) if lease_id else None
    is_own = seen and seen.lease.holder and seen.lease.holder.id == run.id
    return seen if is_own else None


def changes(seen: SeenSlots, decision: Decision[FlowRun], *, now: datetime) -> LeaseChanges:
    """Return what becomes of slots with a decision."""
    taken, renewed = _taken(seen, decision, now), _renewed(seen, decision, now)
    given_back = seen.lease if gives_back_slot(decision) else None
    return LeaseChanges(now, taken, renewed, given_back)


def _lease_id(run: FlowRun) -> UUID | None:
    return run.state.state_details.deployment_concurrency_lease_id if run.state else None


def _rules(deployment: Deployment, seen: SeenLimit) -> DeploymentLimit:
    options = deployment.concurrency_options
    if options is None:
        return DeploymentLimit(seen.limit)
    return DeploymentLimit(
        seen.limit,
        cancels_new=_cancels_new(deployment),
        lease_seconds=options.grace_period_seconds or LEASE_SECONDS,
    )


def _taken(seen: SeenSlots, decision: Decision[FlowRun], now: datetime) -> SlotTaken | None:
    effects = [one for one in decision.effects if isinstance(one, TakeDeploymentSlot)]
    if not effects or seen.limit is None or seen.rules is None:
        return None
    lease = Lease(
        id=effects[0].lease_id,
        created=now,
        limits=slots.leased([seen.limit]),
        holder=Holder(type="flow_run", id=decision.run.id),
        expiration=now + timedelta(seconds=seen.rules.lease_seconds),
    )
    return SlotTaken(seen.limit, lease)


def _renewed(seen: SeenSlots, decision: Decision[FlowRun], now: datetime) -> LeaseRenewed | None:
    if seen.lease is None or gives_back_slot(decision):
        return None
    is_replaced = _lease_id(decision.run) != seen.lease.lease.id
    wanted = [one.seconds for one in decision.effects if isinstance(one, RenewDeploymentLease)]
    if not wanted and not is_replaced:
        return None
    seconds = NO_TIME if is_replaced else wanted[-1]
    expiration = None if seconds is None else now + timedelta(seconds=seconds)
    return LeaseRenewed(seen.lease, seen.lease.lease.replace(expiration=expiration))
