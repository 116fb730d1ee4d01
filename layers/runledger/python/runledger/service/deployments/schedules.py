"""Schedules of a deployment: created, replaced as a whole, or updated by their slugs."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from runledger import ids
from runledger.domain.deployments.schedules import Schedule, ScheduleRequest
from runledger.domain.errors import Invalid

NO_SLUG = (
    "Please provide a slug for each schedule in your request to ensure schedules are updated"
    " correctly."
)
NO_TIMING = "Unable to create new deployment schedules without a schedule configuration."

CHANGED = ("active", "max_scheduled_runs", "parameters", "slug")

Schedules = tuple[Schedule, ...]


def new(requests: Sequence[ScheduleRequest], deployment_id: UUID, *, now: datetime) -> Schedules:
    """Return the new schedules that a deployment is saved with, the latest first.

    As on the reference, they lose `max_scheduled_runs`.
    """
    made = created(requests, deployment_id, now=now)
    return tuple(schedule.replace(max_scheduled_runs=None) for schedule in reversed(made))


def created(
    requests: Sequence[ScheduleRequest], deployment_id: UUID, *, now: datetime
) -> Schedules:
    """Return new schedules in the order of the request, without those that have no timing."""
    return tuple(
        Schedule(
            id=ids.run_id(),
            created=now,
            updated=now,
            deployment_id=deployment_id,
            schedule=request.schedule.anchored(now),
            active=request.active is not False,
            max_scheduled_runs=request.max_scheduled_runs,
            parameters=request.parameters,
            slug=request.slug,
        )
        for request in requests
        if request.schedule
    )


def updated(
    known: Schedules, requests: Sequence[ScheduleRequest], deployment_id: UUID, *, now: datetime
) -> Schedules:
    """Return a deployment's schedules after an update: all are replaced if one has no slug.

    Raises:
        Invalid: they all have slugs, and the request does not fit them.
    """
    if not known or any(one.slug is None for one in known):
        return new(requests, deployment_id, now=now)
    if any(one.slug is None for one in requests):
        raise Invalid(NO_SLUG)
    by_slug = {one.slug: one for one in known}
    _check_renaming(requests, by_slug.keys())
    targets = {one.replaces or one.slug: one for one in requests}
    added = [one for slug, one in targets.items() if slug not in by_slug]
    if any(one.schedule is None for one in added):
        raise Invalid(NO_TIMING)
    updates = [changed(by_slug[slug], one, now) for slug, one in targets.items() if slug in by_slug]
    unchanged = [one for one in known if one.slug not in targets]
    return (*new(added, deployment_id, now=now), *reversed(updates), *unchanged)


def _check_renaming(requests: Sequence[ScheduleRequest], taken: Collection[str | None]) -> None:
    replaced = [request.replaces for request in requests if request.replaces]
    for request in requests:
        if request.replaces and replaced.count(request.replaces) > 1:
            raise Invalid(
                f"Multiple schedules have 'replaces' targeting the same slug: {request.replaces}"
            )
    for request in requests:
        if request.replaces and request.slug in taken and request.slug not in replaced:
            raise Invalid(
                f"Cannot rename schedule from '{request.replaces}' to '{request.slug}':"
                f" a schedule with slug '{request.slug}' already exists."
            )


def changed(known: Schedule, request: ScheduleRequest, now: datetime) -> Schedule:
    """Return a schedule with the fields of the request; its parameters go if none are sent."""
    sent = {name: getattr(request, name) for name in CHANGED}
    fields = {name: value for name, value in sent.items() if value is not None}
    if request.schedule:
        fields["schedule"] = request.schedule.anchored(now).without_nulls()
    return known.replace(**fields, updated=now)
