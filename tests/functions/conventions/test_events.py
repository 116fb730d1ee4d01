"""Each sample event through its real function: what it answers is what API Gateway takes."""

import json
import os
from typing import Any

import httpx
import pytest

from local.functions import Functions
from local.websocket_api.client import Connector
from tests.support.databases import TEMPLATE
from tests.support.sample_events import sample_event

ENDPOINTS = sorted({route.operation for route in TEMPLATE.routes} - {"redirect_websocket"})
REDIRECTED = [r.path for r in TEMPLATE.routes if r.operation == "redirect_websocket"]

FUNCTIONS = Functions(TEMPLATE)

# On a table that holds nothing.
# fmt: off
STATUSES = {
    "create_task_run":         201,
    "read_task_run":           404,
    "update_task_run":         404,
    "delete_task_run":         404,
    "read_task_runs":          200,
    "create_events":           204,
    "read_events":             200,
    "create_flow":             201,
    "read_flow":               404,
    "read_flow_by_name":       404,
    "delete_flow":             404,
    "create_flow_run":         409,
    "read_flow_run":           404,
    "delete_flow_run":         404,
    "create_logs":             201,
    "read_logs":               200,
    "health_check":            200,
    "perform_readiness_check": 200,
    "server_version":          200,
    "read_version":            200,
    "create_csrf_token":       422,
    "method_not_allowed":      405,
}
# fmt: on


def called(operation: str) -> Any:  # noqa: ANN401 - whatever a function answers
    return FUNCTIONS.call(operation, sample_event(operation))


@pytest.fixture
def answer(request: pytest.FixtureRequest, api_on_dynoxide: httpx.Client) -> dict[str, Any]:  # noqa: ARG001 - it brings the table
    answer: dict[str, Any] = called(request.param)
    return answer


@pytest.mark.parametrize("answer", ENDPOINTS, indirect=True)
def test_an_endpoint_answers_what_api_gateway_takes(answer: dict[str, Any]) -> None:
    assert answer.keys() == {"statusCode", "headers", "body"}
    assert isinstance(answer["statusCode"], int)
    assert all(isinstance(text, str) for pair in answer["headers"].items() for text in pair)
    assert isinstance(answer["body"], str)
    assert answer["headers"]["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize("answer", ENDPOINTS, indirect=True)
def test_only_204_has_no_json(answer: dict[str, Any]) -> None:
    if answer["statusCode"] == httpx.codes.NO_CONTENT:
        assert (answer["body"], "Content-Type" in answer["headers"]) == ("", False)
    else:
        json.loads(answer["body"])
        assert answer["headers"]["Content-Type"] == "application/json"


@pytest.mark.parametrize(("answer", "status"), STATUSES.items(), ids=STATUSES, indirect=["answer"])
def test_a_sample_event_gets_its_status(answer: dict[str, Any], status: int) -> None:
    assert answer["statusCode"] == status


def test_a_websocket_is_led_to_the_other_api(
    api_on_dynoxide: httpx.Client,  # noqa: ARG001 - it sets the environment
) -> None:
    answer = called("redirect_websocket")
    there = f"{os.environ['WEBSOCKET_URL']}?route=/task_runs/subscriptions/scheduled"
    assert (answer["statusCode"], answer["headers"]["Location"]) == (307, there)


# REST APIs hand on a handshake with such headers renamed or without them ("Amazon API
# Gateway important notes"): the function must not ask for them.
@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Upgrade": "websocket", "Connection": "Upgrade", "Sec-WebSocket-Key": "c2FtcGxl"},
        {"X-Amzn-Remapped-Upgrade": "websocket", "X-Amzn-Remapped-Connection": "Upgrade"},
    ],
    ids=["none", "as sent", "renamed"],
)
@pytest.mark.parametrize("path", REDIRECTED)
def test_a_handshake_is_redirected_whatever_became_of_its_headers(
    path: str,
    headers: dict[str, str],
    api_on_dynoxide: httpx.Client,  # noqa: ARG001 - it sets the environment
) -> None:
    event = sample_event("redirect_websocket") | {
        "resource": path,
        "path": path,
        "headers": headers,
        "multiValueHeaders": {name: [value] for name, value in headers.items()},
    }
    answer = FUNCTIONS.call("redirect_websocket", event)
    there = f"{os.environ['WEBSOCKET_URL']}?route={path}"
    assert (answer["statusCode"], answer["headers"]["Location"]) == (307, there)


def test_a_handshake_selects_the_subprotocol(
    api_on_dynoxide: httpx.Client,  # noqa: ARG001 - it sets the environment
) -> None:
    answer = called("websocket_connect")
    assert answer == {"statusCode": 200, "headers": {"Sec-WebSocket-Protocol": "prefect"}}


@pytest.mark.parametrize("operation", ["websocket_default", "websocket_disconnect"])
def test_what_happens_to_a_connection_that_nobody_knows_fails_nothing(
    operation: str,
    sockets_on_dynoxide: Connector,  # noqa: ARG001 - it sets the environment
) -> None:
    assert called(operation)["statusCode"] == httpx.codes.OK


def test_a_client_that_is_gone_before_it_is_let_in_is_no_failure_of_ours(
    sockets_on_dynoxide: Connector,  # noqa: ARG001 - it sets the environment
    caplog: pytest.LogCaptureFixture,
) -> None:
    called("websocket_connect")
    called("websocket_default")
    assert "unexpected error" not in caplog.messages


def test_a_run_that_is_told_to_wait_and_is_gone_fails_nothing(
    sockets_on_dynoxide: Connector,  # noqa: ARG001 - it sets the environment
) -> None:
    assert called("react_to_changes") == {"batchItemFailures": []}


def test_the_removal_of_a_run_that_logged_nothing_fails_nothing(
    api_on_dynoxide: httpx.Client,  # noqa: ARG001 - it sets the environment
) -> None:
    assert called("delete_task_run_logs") == {"batchItemFailures": []}


def test_a_sweep_of_nothing_fails_nothing(
    sockets_on_dynoxide: Connector,  # noqa: ARG001 - it sets the environment
) -> None:
    assert called("sweep_task_workers") is None


def test_the_authorizer_names_the_whole_api_since_its_answer_is_kept(
    api_on_dynoxide: httpx.Client,  # noqa: ARG001 - it sets the environment
) -> None:
    (statement,) = called("authorize")["policyDocument"]["Statement"]
    arn = sample_event("authorize")["methodArn"]
    assert statement["Resource"] == "/".join([*arn.split("/")[:2], "*"])
