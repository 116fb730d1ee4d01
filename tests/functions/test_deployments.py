from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.store.asking import Asked, made, new_flow_run

Json = dict[str, Any]

INTERVAL = {"interval": 60}
ON_MONDAYS = {"cron": "0 3 * * 1", "timezone": "Europe/Rome"}
COUNTED = {"properties": {"count": {"type": "integer"}}, "required": ["count"]}


@pytest.fixture
def flow(api: httpx.Client) -> Json:
    asked = Asked("POST", "/flows/", {"name": "etl", "labels": {"team": "data", "tier": 1}})
    found: Json = made(api, asked)
    return found


def deploy(api: httpx.Client, flow: Json, **fields: object) -> httpx.Response:
    return api.post("/deployments/", json={"name": "nightly", "flow_id": flow["id"], **fields})


def deployed(api: httpx.Client, flow: Json, **fields: object) -> Json:
    answer: Json = deploy(api, flow, **fields).raise_for_status().json()
    return answer


def shown(api: httpx.Client, deployment: Json) -> Json:
    answer: Json = api.get(f"/deployments/{deployment['id']}").raise_for_status().json()
    return answer


def change(api: httpx.Client, deployment: Json, **fields: object) -> httpx.Response:
    return api.patch(f"/deployments/{deployment['id']}", json=fields)


def start(api: httpx.Client, deployment: Json, **fields: object) -> httpx.Response:
    return api.post(f"/deployments/{deployment['id']}/create_flow_run", json=fields)


def started(api: httpx.Client, deployment: Json, **fields: object) -> Json:
    answer: Json = start(api, deployment, **fields).raise_for_status().json()
    return answer


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


@pytest.mark.parametrize("path", ["name/etl/other", "name/other/nightly", str(uuid4())])
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
    assert every_minute["schedule"]["interval"] == 60.0
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


def test_a_run_waits_with_the_deployments_parameters_tags_and_labels(
    api: httpx.Client, flow: Json
) -> None:
    fields = {"parameters": {"p": 1, "q": {"r": 1}}, "tags": ["a"], "labels": {"own": 1}}
    deployment = deployed(api, flow, version="7", **fields)
    answer = start(api, deployment, parameters={"q": 2}, tags=["b", "a"], labels={"own": 2})
    run = answer.json()
    assert (answer.status_code, run["state_type"]) == (201, "SCHEDULED")
    assert (run["parameters"], run["tags"]) == ({"p": 1, "q": 2}, ["a", "b"])
    assert (run["deployment_id"], run["deployment_version"]) == (deployment["id"], "7")
    labels = {"own": 2, "prefect.deployment.id": deployment["id"]}
    assert run["labels"] == deployment["labels"] | labels


def test_a_run_can_begin_in_another_state(api: httpx.Client, flow: Json) -> None:
    run = started(api, deployed(api, flow), state={"type": "PENDING"})
    assert run["state_type"] == "PENDING"


def test_a_key_makes_one_run(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow)
    first = started(api, deployment, idempotency_key="1")
    again = start(api, deployment, idempotency_key="1")
    assert (again.status_code, again.json()["id"]) == (200, first["id"])


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({}, "Validation failed. Failure reason: 'count' is a required property"),
        (
            {"count": True},
            "Validation failed for field 'count'. Failure reason: True is not of type 'integer'",
        ),
    ],
)
def test_a_run_must_keep_to_the_schema(
    api: httpx.Client, flow: Json, parameters: Json, reason: str
) -> None:
    deployment = deployed(api, flow, parameter_openapi_schema=COUNTED)
    answer = start(api, deployment, parameters=parameters)
    assert answer.status_code == 409
    assert answer.json() == {"detail": f"Error creating flow run: {reason}"}


def test_a_run_may_be_let_off_the_schema(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, parameter_openapi_schema=COUNTED)
    assert start(api, deployment, enforce_parameter_schema=False).status_code == 201


def test_a_run_of_an_unknown_deployment_is_not_found(api: httpx.Client) -> None:
    assert start(api, {"id": str(uuid4())}).status_code == 404


def test_a_run_can_not_ask_for_a_queue(api: httpx.Client, flow: Json) -> None:
    assert start(api, deployed(api, flow), work_queue_name="queue").status_code == 400


def test_a_parameter_may_stand_for_json(api: httpx.Client, flow: Json) -> None:
    parameters = {"p": {"__prefect_kind": "json", "value": "[1, 2]"}}
    assert started(api, deployed(api, flow), parameters=parameters)["parameters"] == {"p": [1, 2]}


def test_a_parameter_that_stands_for_nothing_known_is_refused(
    api: httpx.Client, flow: Json
) -> None:
    parameters = {"p": {"__prefect_kind": "workspace_variable", "variable_name": "v"}}
    answer = start(api, deployed(api, flow), parameters=parameters)
    assert answer.status_code == 400
    assert answer.json()["detail"] == (
        "Error hydrating flow run parameters: Variable 'v' not found in workspace."
    )


def test_any_flow_run_with_a_deployment_has_its_labels(api: httpx.Client, flow: Json) -> None:
    deployment = deployed(api, flow, labels={"own": 1})
    run = made(api, new_flow_run(flow["id"], deployment_id=deployment["id"]))
    assert run["labels"] == deployment["labels"] | {"prefect.deployment.id": deployment["id"]}


def test_a_deployment_takes_its_runs_along_that_were_never_begun(
    api: httpx.Client, flow: Json
) -> None:
    deployment = deployed(api, flow)
    waiting, running = started(api, deployment), started(api, deployment, state={"type": "RUNNING"})
    assert api.delete(f"/deployments/{deployment['id']}").status_code == 204
    assert api.get(f"/flow_runs/{waiting['id']}").status_code == 404
    assert api.get(f"/flow_runs/{running['id']}").json()["deployment_id"] == deployment["id"]
    assert api.delete(f"/deployments/{deployment['id']}").status_code == 404


def test_a_name_is_free_after_its_deployment(api: httpx.Client, flow: Json) -> None:
    api.delete(f"/deployments/{deployed(api, flow)['id']}")
    assert deploy(api, flow).status_code == 201


def test_a_flow_takes_its_deployments_along(api: httpx.Client, flow: Json) -> None:
    deployments = [deployed(api, flow, name=name) for name in ("a", "b")]
    assert api.delete(f"/flows/{flow['id']}").status_code == 204
    answers = [api.get(f"/deployments/{one['id']}") for one in deployments]
    assert [answer.status_code for answer in answers] == [404, 404]
