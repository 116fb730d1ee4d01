"""The limits of deployments' runs: made, changed and removed with them, and shown."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from runledger import ids
from runledger.domain.concurrency_limits import ConcurrencyLimit, GlobalConcurrencyLimitResponse
from runledger.domain.deployments.deployments import Deployment
from runledger.domain.errors import Conflict, NotFound
from runledger.service.concurrency import concurrency_limits
from runledger.store.concurrency.concurrency_limits import ConcurrencyLimitStore
from runledger.store.concurrency.limit_changes import NO_CHANGE, LimitChange
from runledger.store.concurrency.slots import SeenLimit
from runledger.store.store import Store

# The keys of a body: the number of a limit of the deployment's own, and the id of a shared one.
NUMBER, SHARED = "concurrency_limit", "global_concurrency_limit_id"


class LimitedDeployment(NamedTuple):
    """A deployment with the id of its limit, and what becomes of the limit with it."""

    deployment: Deployment
    change: LimitChange = NO_CHANGE


def limited(
    store: Store, deployment: Deployment, sent: Mapping[str, Any], *, now: datetime
) -> LimitedDeployment:
    """Apply what a body says about the limit; `sent` has its keys that were sent.

    As on the reference, a number changes or removes the limit that the deployment has, also a
    shared one.

    Raises:
        NotFound: the shared limit is unknown.
        Conflict: another limit has the name that a new one would have.
    """
    seen = _found(store, deployment, sent)
    known = deployment.replace(concurrency_limit_id=seen.limit.id if seen else None)
    if NUMBER not in sent or sent[NUMBER] == (seen.limit.limit if seen else None):
        return LimitedDeployment(known)
    if sent[NUMBER] is None:
        return without_limit(known, seen)
    if seen:
        changed = seen.limit.as_of(now).replace(limit=sent[NUMBER], updated=now)
        return LimitedDeployment(known, LimitChange(seen, changed))
    new = _new_limit(store, deployment.id, sent[NUMBER], now)
    return LimitedDeployment(known.replace(concurrency_limit_id=new.id), LimitChange(None, new))


def without_limit(deployment: Deployment, seen: SeenLimit | None) -> LimitedDeployment:
    """Return the deployment without its limit, which is removed."""
    return LimitedDeployment(deployment.replace(concurrency_limit_id=None), LimitChange(seen))


def limit_of(store: Store, deployment: Deployment) -> SeenLimit | None:
    """Return the limit that a deployment's runs share, if it still exists."""
    limit_id = deployment.concurrency_limit_id
    return ConcurrencyLimitStore.of(store).read(limit_id) if limit_id else None


def remove_slots(store: Store, change: LimitChange) -> None:
    """Remove the slots of a limit that was removed; the stream removes what is left."""
    if change.seen and change.removes:
        concurrency_limits.remove_rest(store, change.seen.limit.id)


def shown(store: Store, deployments: Sequence[Deployment], *, now: datetime) -> list[Deployment]:
    """Return deployments as they are answered: with their limits as of now."""
    wanted = [one.concurrency_limit_id for one in deployments if one.concurrency_limit_id]
    found = ConcurrencyLimitStore.of(store).read_by_ids(wanted) if wanted else {}
    return [_shown(deployment, found, now) for deployment in deployments]


def _shown(deployment: Deployment, found: Mapping[UUID, SeenLimit], now: datetime) -> Deployment:
    limit_id = deployment.concurrency_limit_id
    if limit_id is None or limit_id not in found:
        return deployment
    limit = GlobalConcurrencyLimitResponse.of(found[limit_id].limit.as_of(now))
    return deployment.replace(global_concurrency_limit=limit)


def _found(store: Store, deployment: Deployment, sent: Mapping[str, Any]) -> SeenLimit | None:
    shared = sent.get(SHARED)
    if SHARED in sent:
        deployment = deployment.replace(concurrency_limit_id=shared)
    seen = limit_of(store, deployment)
    if shared and seen is None:
        raise NotFound("Concurrency limit not found")
    return seen


def _new_limit(store: Store, deployment_id: UUID, number: int, now: datetime) -> ConcurrencyLimit:
    name = f"deployment:{deployment_id}"
    if ConcurrencyLimitStore.of(store).read_by_name(name):
        raise Conflict(f"there is a limit {name}")
    return ConcurrencyLimit(
        id=ids.run_id(), created=now, updated=now, counted=now, name=name, limit=number
    )
