from uuid import uuid4

import httpx
import pytest

from tests.functions.deployments.deploying import (
    COUNTED,
    Json,
    deploy,
    deployed,
    new_flow,
    start,
    started,
)
from tests.store.support.asking import made, new_flow_run


@pytest.fixture
def flow(api: httpx.Client) -> Json:
    return new_flow(api)


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
