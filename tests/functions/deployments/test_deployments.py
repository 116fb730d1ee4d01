from uuid import UUID, uuid4

import httpx
import pytest

from tests.functions.deployments.deploying import (
    COUNTED,
    INTERVAL,
    ON_MONDAYS,
    Json,
    change,
    deploy,
    deployed,
    new_flow,
    shown,
)


@pytest.fixture
def flow(api: httpx.Client) -> Json:
    return new_flow(api)


def test_a_new_deployment_is_read_by_its_id_as_it_was_answered(
    api: httpx.Client, flow: Json
) -> None:
    answer = deploy(api, flow, tags=["a", "b"], parameters={"p": 1}, schedules=[])
    assert answer.status_code == 201
    assert shown(api, answer.json()) == answer.json()


def test_a_deployment_is_read_by_the_names_of_its_flow_and_its_own(
    api: httpx.Client, flow: Json
) -> None:
    deployment = deployed(api, flow, name="every night")
    assert api.get("/deployments/name/etl/every%20night").json() == deployment


@pytest.mark.parametrize("path", ["name/etl/other", "name/other/nightly", str(UUID(int=9))])
def test_a_deployment_that_is_not_there_is_not_found(
    api: httpx.Client, flow: Json, path: str
) -> None:
    deployed(api, flow)
    answer = api.get(f"/deployments/{path}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Deployment not found"})


def test_labels_are_the_flows_then_its_id_then_those_sent(api: httpx.Client, flow: Json) -> None:
    labels = deployed(api, flow, labels={"tier": 2, "own": True})["labels"]
    assert list(labels.items()) == [
        ("team", "data"),
        ("tier", 2),
        ("prefect.flow.id", flow["id"]),
        ("own", True),
    ]


def test_a_second_deployment_of_a_name_updates_the_first(api: httpx.Client, flow: Json) -> None:
    first = deployed(api, flow)
    answer = deploy(api, flow, version="2")
    assert answer.status_code == 200
    assert (answer.json()["id"], shown(api, first)["version"]) == (first["id"], "2")


def test_an_update_keeps_what_is_not_sent(api: httpx.Client, flow: Json) -> None:
    kept = {"version": "1", "tags": ["a"], "paused": True, "job_variables": {"x": 1}, "path": "."}
    deployed(api, flow, **kept)
    assert kept.items() <= deployed(api, flow).items()


def test_an_update_resets_parameters_labels_and_schedules(api: httpx.Client, flow: Json) -> None:
    labels = deployed(api, flow)["labels"]
    deployed(api, flow, parameters={"p": 1}, labels={"x": 1}, schedules=[{"schedule": INTERVAL}])
    updated = deployed(api, flow)
    assert (updated["parameters"], updated["labels"], updated["schedules"]) == ({}, labels, [])


def test_a_deployment_of_an_unknown_flow_is_a_conflict(api: httpx.Client) -> None:
    assert deploy(api, {"id": str(uuid4())}).status_code == 409


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"work_pool_name": "pool"}, 404),
        ({"global_concurrency_limit_id": str(uuid4())}, 404),
        ({"infrastructure_document_id": str(uuid4())}, 409),
        ({"storage_document_id": str(uuid4())}, 409),
        ({"name": "a/b"}, 422),
        ({"concurrency_limit": 0}, 422),
        ({"schedules": [{"schedule": {"interval": 0}}]}, 422),
        ({"schedules": [{"schedule": INTERVAL, "slug": "a"}] * 2}, 409),
    ],
)
def test_a_deployment_can_not_name_what_is_not_here(
    api: httpx.Client, flow: Json, fields: Json, status: int
) -> None:
    assert deploy(api, flow, **fields).status_code == status


def test_enforcing_a_schema_in_so_many_words_checks_the_parameters_at_once(
    api: httpx.Client, flow: Json
) -> None:
    schema = {"parameter_openapi_schema": COUNTED, "parameters": {"count": "x"}}
    assert deploy(api, flow, **schema).status_code == 201
    answer = deploy(api, flow, **schema, enforce_parameter_schema=True)
    (problem,) = answer.json()["exception_detail"]
    assert problem["msg"] == (
        "Value error, Validation failed for field 'count'."
        " Failure reason: 'x' is not of type 'integer'"
    )


def test_schedules_are_shown_with_ids_the_latest_first(api: httpx.Client, flow: Json) -> None:
    asked = [{"schedule": INTERVAL}, {"schedule": ON_MONDAYS, "active": False, "slug": "weekly"}]
    deployment = deployed(api, flow, schedules=asked)
    weekly, every_minute = deployment["schedules"]
    assert weekly["schedule"] == {**ON_MONDAYS, "day_or": True}
    assert (weekly["slug"], weekly["active"]) == ("weekly", False)
    assert every_minute["schedule"]["interval"] == 86_400.0
    assert every_minute["deployment_id"] == deployment["id"]
    assert shown(api, deployment)["schedules"] == [weekly, every_minute]


def test_a_change_keeps_what_is_not_sent(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, tags=["a"], schedules=[{"schedule": INTERVAL}])
    assert change(api, deployment, paused=True).status_code == 204
    after = shown(api, deployment)
    assert after == deployment | {"paused": True, "updated": after["updated"]}


def test_a_change_of_an_unknown_deployment_is_not_found(api: httpx.Client) -> None:
    answer = change(api, {"id": str(uuid4())}, paused=True)
    assert (answer.status_code, answer.json()) == (404, {"detail": "Deployment not found."})


def test_changed_parameters_must_keep_to_the_schema(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, parameter_openapi_schema=COUNTED)
    answer = change(api, deployment, parameters={"count": "x"})
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "Error updating deployment: Validation failed for field 'count'."
        " Failure reason: 'x' is not of type 'integer'"
    )


@pytest.mark.parametrize("field", ["parameters", "enforce_parameter_schema"])
def test_parameters_and_their_enforcement_are_not_taken_away(
    api: httpx.Client, flow: Json, field: str
) -> None:
    assert change(api, deployed(api, flow), **{field: None}).status_code == 409


def test_a_change_of_schedules_goes_by_their_slugs(api: httpx.Client, flow: Json) -> None:
    known = [{"schedule": INTERVAL, "slug": slug} for slug in ("kept", "stopped", "old")]
    deployment = deployed(api, flow, schedules=known)
    asked = [
        {"slug": "stopped", "active": False},
        {"slug": "new", "replaces": "old"},
        {"slug": "added", "schedule": ON_MONDAYS},
    ]
    assert change(api, deployment, schedules=asked).status_code == 204
    after = shown(api, deployment)["schedules"]
    assert [(one["slug"], one["active"]) for one in after] == [
        ("added", True),
        ("new", True),
        ("stopped", False),
        ("kept", True),
    ]


def test_schedules_without_slugs_are_replaced_as_a_whole(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, schedules=[{"schedule": INTERVAL}] * 3)
    change(api, deployment, schedules=[{"schedule": ON_MONDAYS}])
    (only,) = shown(api, deployment)["schedules"]
    assert only["schedule"]["cron"] == ON_MONDAYS["cron"]
