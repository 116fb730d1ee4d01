from base64 import b64encode
from pathlib import Path

import httpx
import pytest

from local.cloudformation import template
from local.functions import Functions
from local.rest_api.gateway import Gateway
from local.rest_api.transport import GatewayTransport
from tests.local import sample

FAILED = {"message": "Internal server error"}


@pytest.fixture
def client(tmp_path: Path) -> httpx.Client:
    return sample.client(tmp_path)


def answered(client: httpx.Client, response: object) -> httpx.Response:
    return client.post("/anything", json=response)


def test_a_function_answers_with_status_headers_and_body(client: httpx.Client) -> None:
    answer = answered(client, {"statusCode": 201, "headers": {"X-A": "1"}, "body": "é"})
    assert (answer.status_code, answer.headers["x-a"], answer.text) == (201, "1", "é")


def test_a_header_may_have_many_values(client: httpx.Client) -> None:
    answer = answered(
        client,
        {"statusCode": 200, "headers": {"x-a": "0"}, "multiValueHeaders": {"X-A": ["1", "2"]}},
    )
    assert answer.headers.get_list("x-a") == ["1", "2"]


def test_an_encoded_body_is_decoded(client: httpx.Client) -> None:
    body = b64encode(b"\xff\x00").decode()
    answer = answered(client, {"statusCode": 200, "body": body, "isBase64Encoded": True})
    assert answer.content == b"\xff\x00"


def test_an_answer_is_json_unless_it_says_otherwise(client: httpx.Client) -> None:
    answer = answered(client, {"statusCode": 200, "body": "{}"})
    assert answer.headers["content-type"] == "application/json"


def test_a_function_that_fails_is_answered_as_api_gateway_does(
    client: httpx.Client, capsys: pytest.CaptureFixture[str]
) -> None:
    answer = client.post("/anything", content="no JSON")
    assert (answer.status_code, answer.json()) == (502, FAILED)
    assert "JSONDecodeError" in capsys.readouterr().err


@pytest.mark.parametrize("response", [{}, {"statusCode": "good"}, [], None])
def test_a_function_without_a_status_has_failed(client: httpx.Client, response: object) -> None:
    assert answered(client, response).status_code == 502


@pytest.mark.parametrize("path", ["/stage/unknown", "/stage", "/", "/other/things", "/stages/x"])
def test_an_unknown_path_is_answered_as_the_template_says(client: httpx.Client, path: str) -> None:
    answer = client.get(f"http://sample{path}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Not Found"})
    assert answer.headers["access-control-allow-origin"] == "*"


def test_a_guarded_path_refuses_callers_without_the_header(client: httpx.Client) -> None:
    answer = client.get("/guarded")
    assert (answer.status_code, answer.json()) == (401, {"said": "Unauthorized"})


@pytest.mark.parametrize(("effect", "status"), [("Deny", 403), ("Unauthorized", 401)])
def test_the_authorizer_turns_callers_away(client: httpx.Client, effect: str, status: int) -> None:
    assert client.get("/guarded", headers={"Authorization": effect}).status_code == status


def test_an_authorizer_that_fails_lets_nobody_in(client: httpx.Client) -> None:
    assert client.get("/guarded", headers={"Authorization": "fail"}).status_code == 500


def test_the_context_of_the_authorizer_reaches_the_function(client: httpx.Client) -> None:
    event = client.get("/guarded", headers={"Authorization": "Allow"}).json()
    caller = {"principalId": "somebody", "role": "reader"}
    assert event["requestContext"]["authorizer"] == caller


@pytest.mark.parametrize(("authentication", "asked"), [("required", 3), ("off", 1)])
def test_the_authorizer_is_asked_of_each_request_with_credentials(
    tmp_path: Path, authentication: str, asked: int
) -> None:
    """A key that is revoked opens nothing from then on."""
    api = template.load(sample.write(tmp_path), {"Authentication": authentication})
    functions = Functions(api)
    client = httpx.Client(
        transport=GatewayTransport(Gateway(api, functions)), base_url="http://sample/stage"
    )
    for _ in range(3):
        event = client.get("/guarded", headers={"Authorization": "Allow"}).json()
        assert event["requestContext"]["authorizer"]["role"] == "reader"
    assert functions.calls["guard"] == asked


def test_an_open_path_has_no_caller(client: httpx.Client) -> None:
    assert "authorizer" not in client.get("/things/1").json()["requestContext"]


def test_a_body_above_ten_megabytes_is_too_long(client: httpx.Client) -> None:
    answer = client.post("/things", content=bytes(10 * 1024 * 1024 + 1))
    assert (answer.status_code, answer.json()) == (413, {"said": "Request Too Long"})


@pytest.mark.parametrize(
    "body",
    [
        b"x" * (6 * 1024 * 1024),
        b'"' * (3 * 1024 * 1024),
        b"\n" * (3 * 1024 * 1024),
        b"\x01" * (1024 * 1024),
        b"\xff" * (9 * 512 * 1024),
        "é".encode() * (3 * 1024 * 1024),
    ],
    ids=["letters", "quotes", "line breaks", "controls", "no text", "two bytes each"],
)
def test_a_body_that_takes_a_function_more_than_six_megabytes_is_too_long(
    client: httpx.Client, body: bytes
) -> None:
    assert client.post("/things", content=body).status_code == 413
    assert client.post("/things", content=body[: len(body) * 31 // 32]).status_code == 200
