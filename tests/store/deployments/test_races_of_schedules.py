"""Schedules of one deployment that many change at once: nothing of it is lost."""

from collections import Counter
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from tests.store.support.asking import Asked, Site, ask, ask_at_once, made, new_flow, removal
from tests.store.support.calls import preceded
from tests.store.support.contents import whole
from tests.support.databases import DynamoDB

RACERS = 16
CRON = {"cron": "0 4 * * *"}
WRITE = 1  # the call after the one that reads

Json = dict[str, Any]


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


def deploy(api: httpx.Client, schedules: int) -> Json:
    """Make a deployment with so many schedules."""
    asked = {
        "name": "nightly",
        "flow_id": made(api, new_flow())["id"],
        "schedules": [{"schedule": CRON, "slug": str(number)} for number in range(schedules)],
    }
    found: Json = made(api, Asked("POST", "/deployments/", asked))
    return found


def adding(deployment: Json, slug: str) -> Asked:
    path = f"/deployments/{deployment['id']}/schedules"
    return Asked("POST", path, [{"schedule": CRON, "slug": slug}])


def changing(schedule: Json, **fields: object) -> Asked:
    return Asked("PATCH", path_of(schedule), fields)


def deleting(schedule: Json) -> Asked:
    return Asked("DELETE", path_of(schedule))


def path_of(schedule: Json) -> str:
    return f"/deployments/{schedule['deployment_id']}/schedules/{schedule['id']}"


def shown(api: httpx.Client, deployment: Json) -> Json:
    found: Json = made(api, Asked("GET", f"/deployments/{deployment['id']}"))
    return found


def statuses(answers: list[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def test_schedules_that_are_added_at_once_are_all_kept(api: httpx.Client) -> None:
    deployment = deploy(api, 0)
    slugs = [str(number) for number in range(RACERS)]
    answers = ask_at_once(api, [adding(deployment, slug) for slug in slugs])
    assert statuses(answers) == {201: RACERS}
    assert {one["slug"] for one in shown(api, deployment)["schedules"]} == set(slugs)


def test_of_many_schedules_with_one_slug_one_is_kept(api: httpx.Client) -> None:
    deployment = deploy(api, 0)
    answers = ask_at_once(api, [adding(deployment, "a")] * RACERS)
    assert statuses(answers) == {201: 1, 409: RACERS - 1}
    assert len(shown(api, deployment)["schedules"]) == 1


def test_whatever_is_changed_of_a_deployment_at_once_is_all_changed(api: httpx.Client) -> None:
    deployment = deploy(api, 9)
    path = f"/deployments/{deployment['id']}"
    *kept, first, second = deployment["schedules"]
    asked = [
        *(changing(one, active=False) for one in kept),
        *(deleting(first), deleting(second), adding(deployment, "new")),
        *(Asked("PATCH", path, {"version": "2"}), Asked("POST", f"{path}/pause_deployment")),
    ]
    assert statuses(ask_at_once(api, asked)) == {204: len(kept) + 3, 201: 1, 200: 1}
    after = shown(api, deployment)
    activity = {one["slug"]: one["active"] for one in after["schedules"]}
    assert activity == {one["slug"]: False for one in kept} | {"new": True}
    assert (after["version"], after["paused"]) == ("2", True)


def test_of_many_deleters_of_a_schedule_one_deletes(api: httpx.Client) -> None:
    deployment = deploy(api, 2)
    answers = ask_at_once(api, [deleting(deployment["schedules"][0])] * RACERS)
    assert statuses(answers) == {204: 1, 404: RACERS - 1}
    assert shown(api, deployment)["schedules"] == deployment["schedules"][1:]


def test_a_schedule_does_not_bring_a_deleted_deployment_back(
    api: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    deployment = deploy(api, 1)
    adders = [adding(deployment, str(number)) for number in range(1, 9)]
    asked = [one for adder in adders for one in (adder, removal("deployments", deployment))]
    assert statuses(ask_at_once(api, asked)).keys() <= {201, 204, 404}
    assert whole(on_dynoxide).deployments == []


def add(deployment: Json) -> Asked:
    return adding(deployment, "new")


def change(deployment: Json) -> Asked:
    return changing(deployment["schedules"][0], active=False)


def delete(deployment: Json) -> Asked:
    return deleting(deployment["schedules"][0])


def pause(deployment: Json) -> Asked:
    return Asked("POST", f"/deployments/{deployment['id']}/pause_deployment")


@pytest.mark.parametrize("operation", [add, change, delete, pause])
def test_what_was_changed_between_reading_and_writing_stays_changed(
    site_on_dynoxide: Site, operation: Callable[[Json], Asked]
) -> None:
    api, client = site_on_dynoxide.api, site_on_dynoxide.client
    deployment = deploy(api, 2)
    other = changing(deployment["schedules"][1], slug="meanwhile")
    with preceded(client, WRITE, lambda: ask(api, other)):
        assert ask(api, operation(deployment)).is_success
    after = shown(api, deployment)
    assert "meanwhile" in {one["slug"] for one in after["schedules"]}
    assert (after["paused"], outlines(after)) != (False, outlines(deployment))


def outlines(deployment: Json) -> set[tuple[str, bool]]:
    """Return the id and the activity of each schedule: other changes meanwhile change neither."""
    return {(one["id"], one["active"]) for one in deployment["schedules"]}
