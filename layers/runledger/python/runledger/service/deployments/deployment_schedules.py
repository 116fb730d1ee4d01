"""Use cases of a deployment's schedules, one by one or all at once."""

from collections.abc import Callable, Sequence
from datetime import datetime
from uuid import UUID

from runledger.domain.deployments.deployments import Deployment
from runledger.domain.deployments.schedules import Schedule, ScheduleRequest
from runledger.domain.errors import NotFound
from runledger.service.deployments import schedules
from runledger.service.deployments.schedules import Schedules
from runledger.service.retries import retry_on_conflict
from runledger.store.deployments.deployment_items import SeenDeployment
from runledger.store.deployments.deployments import DeploymentStore
from runledger.store.deployments.schedulings import SchedulingChange
from runledger.store.store import Store

NO_DEPLOYMENT = "Deployment not found."
NO_DEPLOYMENT_TO_PAUSE = "Deployment not found"
NO_SCHEDULE = "Schedule not found."


def read(store: Store, deployment_id: UUID) -> Schedules:
    """Return the deployment's schedules, the last changed one first.

    Raises:
        NotFound: there is no such deployment.
    """
    return _found(store, deployment_id, NO_DEPLOYMENT).deployment.schedules


def create(
    store: Store, deployment_id: UUID, requests: Sequence[ScheduleRequest], *, now: datetime
) -> Schedules:
    """Add schedules to a deployment.

    Raises:
        NotFound: there is no such deployment.
        Conflict: two schedules would share a slug.
    """
    made = schedules.created(requests, deployment_id, now=now)

    def change(known: Deployment) -> Deployment:
        return known.replace(schedules=(*reversed(made), *known.schedules))

    # The runs of other schedules stay, as on the reference.
    _changed(store, deployment_id, change, SchedulingChange(now, added=True))
    return made


def update(
    store: Store, deployment_id: UUID, schedule_id: UUID, request: ScheduleRequest, *, now: datetime
) -> None:
    """Change one of a deployment's schedules.

    Raises:
        NotFound: there is no such deployment, or it has no such schedule.
        Conflict: another one has the slug.
    """

    def change(known: Deployment) -> Deployment:
        schedule, others = _split(known, schedule_id)
        return known.replace(schedules=(schedules.changed(schedule, request, now), *others))

    _changed(store, deployment_id, change, SchedulingChange(now))


def delete(store: Store, deployment_id: UUID, schedule_id: UUID, *, now: datetime) -> None:
    """Remove a schedule from a deployment.

    Raises:
        NotFound: there is no such deployment, or it has no such schedule.
    """

    def change(known: Deployment) -> Deployment:
        _, others = _split(known, schedule_id)
        return known.replace(schedules=others)

    _changed(store, deployment_id, change, SchedulingChange(now, overdue=True))


def pause(store: Store, deployment_id: UUID, *, paused: bool, now: datetime) -> Deployment:
    """Pause a deployment's schedules or resume them; `updated` changes only if `paused` does.

    Raises:
        NotFound: there is no such deployment.
    """

    def change(known: Deployment) -> Deployment:
        return known if known.paused == paused else known.replace(paused=paused, updated=now)

    kind = SchedulingChange(now, overdue=True) if paused else SchedulingChange(now, added=True)
    return _changed(store, deployment_id, change, kind, missing=NO_DEPLOYMENT_TO_PAUSE)


def _split(deployment: Deployment, schedule_id: UUID) -> tuple[Schedule, Schedules]:
    """Return the schedule with the id, and the others.

    Raises:
        NotFound: there is none.
    """
    known = deployment.schedules
    for number, schedule in enumerate(known):
        if schedule.id == schedule_id:
            return schedule, (*known[:number], *known[number + 1 :])
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
    kind: SchedulingChange,
    *,
    missing: str = NO_DEPLOYMENT,
) -> Deployment:
    def attempt() -> Deployment:
        seen = _found(store, deployment_id, missing)
        changed = change(seen.deployment)
        changed.check_schedules()
        if changed != seen.deployment:
            DeploymentStore.of(store).rewrite(seen, changed, change=kind)
        return changed

    return retry_on_conflict(attempt)
