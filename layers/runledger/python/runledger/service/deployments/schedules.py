"""Schedules of a deployment, replaced as a whole or one by one, by their slugs."""

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


def new(asked: Sequence[ScheduleRequest], deployment_id: UUID, *, now: datetime) -> Schedules:
    """Return what comes with a deployment, the latest first.

    Of these the reference does not keep how many runs are to be scheduled at most.
    """
    made = created(asked, deployment_id, now=now)
    return tuple(one.replace(max_scheduled_runs=None) for one in reversed(made))


def created(asked: Sequence[ScheduleRequest], deployment_id: UUID, *, now: datetime) -> Schedules:
    """Return what is asked for, in its order; what has no timing is left out."""
    return tuple(
        Schedule(
            id=ids.run_id(),
            created=now,
            updated=now,
            deployment_id=deployment_id,
            schedule=one.schedule.anchored(now),
            active=one.active is not False,
            max_scheduled_runs=one.max_scheduled_runs,
            parameters=one.parameters,
            slug=one.slug,
        )
        for one in asked
        if one.schedule
    )


def updated(
    known: Schedules, asked: Sequence[ScheduleRequest], deployment_id: UUID, *, now: datetime
) -> Schedules:
    """Return a deployment's schedules after a change: its own go where they have no slugs.

    Raises:
        Invalid: they have, and those asked for do not fit them.
    """
    if not known or any(one.slug is None for one in known):
        return new(asked, deployment_id, now=now)
    if any(one.slug is None for one in asked):
        raise Invalid(NO_SLUG)
    by_slug = {one.slug: one for one in known}
    _check_renaming(asked, by_slug.keys())
    targets = {one.replaces or one.slug: one for one in asked}
    added = [one for slug, one in targets.items() if slug not in by_slug]
    if any(one.schedule is None for one in added):
        raise Invalid(NO_TIMING)
    moved = [changed(by_slug[slug], one, now) for slug, one in targets.items() if slug in by_slug]
    untouched = [one for one in known if one.slug not in targets]
    return (*new(added, deployment_id, now=now), *reversed(moved), *untouched)


def _check_renaming(asked: Sequence[ScheduleRequest], taken: Collection[str | None]) -> None:
    replaced = [one.replaces for one in asked if one.replaces]
    for one in asked:
        if one.replaces and replaced.count(one.replaces) > 1:
            raise Invalid(
                f"Multiple schedules have 'replaces' targeting the same slug: {one.replaces}"
            )
    for one in asked:
        if one.replaces and one.slug in taken and one.slug not in replaced:
            raise Invalid(
                f"Cannot rename schedule from '{one.replaces}' to '{one.slug}':"
                f" a schedule with slug '{one.slug}' already exists."
            )


def changed(known: Schedule, asked: ScheduleRequest, now: datetime) -> Schedule:
    """Return a schedule with what is asked for; parameters that are not sent are taken away."""
    fields = {name: getattr(asked, name) for name in CHANGED if getattr(asked, name) is not None}
    if asked.schedule:
        fields["schedule"] = asked.schedule.anchored(now).without_nulls()
    return known.replace(**fields, updated=now)
