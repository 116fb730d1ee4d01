from uuid import UUID

import httpx
import pytest

from tests.functions.deployments.deploying import (
    COUNTED,
    INTERVAL,
    ON_MONDAYS,
    Json,
    add_schedules,
    change,
    deployed,
    new_flow,
    path_of_schedules,
    schedules_of,
    shown,
)

NOBODY = {"id": str(UUID(int=8))}
UNKNOWN = f"/{UUID(int=9)}"
WEEKLY = {"schedule": ON_MONDAYS, "slug": "weekly"}
EVERY_MINUTE = {"schedule": INTERVAL, "slug": "every minute"}
REQUESTS = [("GET", ""), ("POST", ""), ("PATCH", UNKNOWN), ("DELETE", UNKNOWN)]


@pytest.fixture
def flow(api: httpx.Client) -> Json:
    return new_flow(api)


@pytest.fixture
def deployment(api: httpx.Client, flow: Json) -> Json:
    """A deployment that is started twice, as its client takes it."""
    return deployed(api, flow, schedules=[WEEKLY, EVERY_MINUTE])


def test_schedules_that_are_added_are_answered_in_their_order(
    api: httpx.Client, flow: Json
) -> None:
    answer = add_schedules(api, deployed(api, flow), WEEKLY, EVERY_MINUTE)
    assert answer.status_code == 201
    assert [one["slug"] for one in answer.json()] == ["weekly", "every minute"]


def test_schedules_are_listed_as_the_deployment_shows_them(
    api: httpx.Client, deployment: Json
) -> None:
    (added,) = add_schedules(api, deployment, {"schedule": INTERVAL}).json()
    listed = schedules_of(api, deployment)
    assert listed == [added, *deployment["schedules"]]
    assert shown(api, deployment) == deployment | {"schedules": listed}


@pytest.mark.parametrize(("method", "path"), REQUESTS)
def test_schedules_of_an_unknown_deployment_are_not_found(
    api: httpx.Client, method: str, path: str
) -> None:
    body = [WEEKLY] if method == "POST" else {}
    answer = api.request(method, path_of_schedules(NOBODY) + path, json=body)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Deployment not found."})


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_a_schedule_of_another_deployment_is_not_found(
    api: httpx.Client, flow: Json, deployment: Json, method: str
) -> None:
    other = deployed(api, flow, name="other")
    path = path_of_schedules(other, deployment["schedules"][0])
    answer = api.request(method, path, json={"active": False})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Schedule not found."})
    assert schedules_of(api, deployment) == deployment["schedules"]


@pytest.mark.parametrize("method", ["PATCH", "DELETE"])
def test_what_is_no_id_of_a_schedule_is_no_path(
    api: httpx.Client, deployment: Json, method: str
) -> None:
    answer = api.request(method, path_of_schedules(deployment, {"id": "x"}), content=b"{")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})


def test_a_changed_schedule_keeps_what_is_not_sent_and_comes_first(
    api: httpx.Client, deployment: Json
) -> None:
    first, last = deployment["schedules"]
    answer = api.patch(path_of_schedules(deployment, last), json={"active": False})
    assert answer.status_code == 204
    changed, other = schedules_of(api, deployment)
    assert changed == last | {"active": False, "updated": changed["updated"]}
    assert changed["updated"] > last["updated"]
    assert other == first


def test_a_change_takes_away_parameters_that_it_does_not_send(
    api: httpx.Client, flow: Json
) -> None:
    deployment = deployed(api, flow)
    (added,) = add_schedules(api, deployment, WEEKLY | {"parameters": {"p": 1}}).json()
    api.patch(path_of_schedules(deployment, added), json={"max_scheduled_runs": 5})
    (changed,) = schedules_of(api, deployment)
    assert (changed["parameters"], changed["max_scheduled_runs"]) == ({}, 5)


def test_a_timing_that_is_changed_has_its_own_zone_where_null_is_sent(
    api: httpx.Client, deployment: Json
) -> None:
    daily = {"rrule": "DTSTART:20240101T000000\nFREQ=DAILY", "timezone": None}
    first, _ = deployment["schedules"]
    api.patch(path_of_schedules(deployment, first), json={"schedule": daily})
    assert schedules_of(api, deployment)[0]["schedule"] == daily | {"timezone": "UTC"}


def test_parameters_of_a_schedule_are_not_held_against_the_schema(
    api: httpx.Client, flow: Json
) -> None:
    deployment = deployed(api, flow, parameter_openapi_schema=COUNTED)
    answer = add_schedules(api, deployment, WEEKLY | {"parameters": {"count": "x"}})
    assert answer.status_code == 201


def test_schedules_of_a_deployment_share_no_slug(api: httpx.Client, deployment: Json) -> None:
    assert add_schedules(api, deployment, WEEKLY).status_code == 409
    path = path_of_schedules(deployment, deployment["schedules"][0])
    assert api.patch(path, json={"slug": "weekly"}).status_code == 409
    assert schedules_of(api, deployment) == deployment["schedules"]


def test_a_schedule_that_is_deleted_leaves_the_others(api: httpx.Client, deployment: Json) -> None:
    first, last = deployment["schedules"]
    assert api.delete(path_of_schedules(deployment, first)).status_code == 204
    assert schedules_of(api, deployment) == [last]
    assert api.delete(path_of_schedules(deployment, first)).status_code == 404


def test_how_many_runs_are_scheduled_at_most_is_kept_where_schedules_come_by_themselves(
    api: httpx.Client, flow: Json
) -> None:
    few = WEEKLY | {"max_scheduled_runs": 3}
    assert deployed(api, flow, schedules=[few])["schedules"][0]["max_scheduled_runs"] is None
    deployment = deployed(api, flow)
    assert add_schedules(api, deployment, few).json()[0]["max_scheduled_runs"] == 3
    change(api, deployment, schedules=[{"slug": "weekly", "max_scheduled_runs": 4}])
    assert schedules_of(api, deployment)[0]["max_scheduled_runs"] == 4


def pausing(api: httpx.Client, deployment: Json, verb: str, body: str = "") -> httpx.Response:
    return api.post(f"/deployments/{deployment['id']}/{verb}_deployment", content=body)


def test_a_deployment_pauses_and_goes_on(api: httpx.Client, deployment: Json) -> None:
    answer = pausing(api, deployment, "pause")
    assert (answer.status_code, answer.json()) == (200, None)
    paused = shown(api, deployment)
    assert paused == deployment | {"paused": True, "updated": paused["updated"]}
    pausing(api, deployment, "resume")
    assert shown(api, deployment)["paused"] is False


def test_to_pause_what_is_paused_changes_nothing(api: httpx.Client, deployment: Json) -> None:
    pausing(api, deployment, "pause")
    paused = shown(api, deployment)
    assert pausing(api, deployment, "pause").status_code == 200
    assert shown(api, deployment) == paused


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_an_unknown_deployment_can_not_pause(api: httpx.Client, verb: str) -> None:
    answer = pausing(api, NOBODY, verb)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Deployment not found"})


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_nobody_looks_at_the_body_of_a_pause(
    api: httpx.Client, deployment: Json, verb: str
) -> None:
    assert pausing(api, deployment, verb, "{").status_code == 200


@pytest.mark.parametrize("verb", ["pause", "resume"])
def test_old_clients_can_not_pause(api: httpx.Client, deployment: Json, verb: str) -> None:
    api.headers["x-prefect-api-version"] = "0.7.9"
    assert pausing(api, deployment, verb).status_code == 400
