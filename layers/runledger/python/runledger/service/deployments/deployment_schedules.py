"""What can be done with the schedules of a deployment, each by itself, and with all at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.schedules import Schedule, ScheduleRequest
from runledger.domain.errors import NotFound
from runledger.service.deployments import schedules
from runledger.service.deployments.schedules import Schedules
from runledger.service.retries import retry_on_conflict
from runledger.store.deployments.deployment_items import SeenDeployment
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.store import Store

NO_DEPLOYMENT = "Deployment not found."
NO_DEPLOYMENT_TO_PAUSE = "Deployment not found"
NO_SCHEDULE = "Schedule not found."


class Touched(NamedTuple):
    """A deployment as it is now, and those of its schedules that a call made or changed."""

    deployment: Deployment
    schedules: Schedules

    def awaited(self) -> bool:
        """Tell whether the client takes the deployment for being started by one of these."""
        return self.deployment.expects_any(self.schedules)


def read(store: Store, deployment_id: UUID) -> Schedules:
    """Return the deployment's schedules, the one that changed last first.

    Raises:
        NotFound: there is no such deployment.
    """
    return _found(store, deployment_id, NO_DEPLOYMENT).deployment.schedules


def create(
    store: Store, deployment_id: UUID, asked: Sequence[ScheduleRequest], *, now: datetime
) -> Touched:
    """Give a deployment more schedules.

    Raises:
        NotFound: there is no such deployment.
        Conflict: two schedules would share a slug.
    """
    made = schedules.created(asked, deployment_id, now=now)

    def change(known: Deployment) -> Deployment:
        return known.replace(schedules=(*reversed(made), *known.schedules))

    return Touched(_changed(store, deployment_id, change), made)


def update(
    store: Store, deployment_id: UUID, schedule_id: UUID, asked: ScheduleRequest, *, now: datetime
) -> Touched:
    """Change one of a deployment's schedules.

    Raises:
        NotFound: there is no such deployment, or it has no such schedule.
        Conflict: another one has the slug.
    """

    def change(known: Deployment) -> Deployment:
        one, others = _parted(known, schedule_id)
        return known.replace(schedules=(schedules.changed(one, asked, now), *others))

    deployment = _changed(store, deployment_id, change)
    return Touched(deployment, deployment.schedules[:1])


def delete(store: Store, deployment_id: UUID, schedule_id: UUID) -> None:
    """Take one of its schedules from a deployment.

    Raises:
        NotFound: there is no such deployment, or it has no such schedule.
    """

    def change(known: Deployment) -> Deployment:
        _, others = _parted(known, schedule_id)
        return known.replace(schedules=others)

    _changed(store, deployment_id, change)


def pause(store: Store, deployment_id: UUID, *, paused: bool, now: datetime) -> Deployment:
    """Stop a deployment's schedules, or let them go on: its time changes where this does.

    Raises:
        NotFound: there is no such deployment.
    """

    def change(known: Deployment) -> Deployment:
        return known if known.paused == paused else known.replace(paused=paused, updated=now)

    return _changed(store, deployment_id, change, missing=NO_DEPLOYMENT_TO_PAUSE)


def _parted(deployment: Deployment, schedule_id: UUID) -> tuple[Schedule, Schedules]:
    """Return the schedule that is meant, and the others.

    Raises:
        NotFound: there is none.
    """
    known = deployment.schedules
    for place, one in enumerate(known):
        if one.id == schedule_id:
            return one, (*known[:place], *known[place + 1 :])
    raise NotFound(NO_SCHEDULE)


def _found(store: Store, deployment_id: UUID, missing: str) -> SeenDeployment:
    seen = DeploymentStore.of(store).read(deployment_id)
    if seen is None:
        raise NotFound(missing)
    return seen


def _changed(
    store: Store,
    deployment_id: UUID,
    change: Callable[[Deployment], Deployment],
    *,
    missing: str = NO_DEPLOYMENT,
) -> Deployment:
    def attempt() -> Deployment:
        seen = _found(store, deployment_id, missing)
        changed = change(seen.deployment)
        changed.check_schedules()
        if changed != seen.deployment:
            DeploymentStore.of(store).rewrite(seen, changed)
        return changed

    return retry_on_conflict(attempt)
