import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.local import sample


@pytest.fixture
def client(tmp_path: Path) -> httpx.Client:
    return sample.client(tmp_path)


def event(answer: httpx.Response) -> dict[str, Any]:
    found: dict[str, Any] = answer.json()
    return found


def test_the_path_lacks_the_stage_and_keeps_its_slash(client: httpx.Client) -> None:
    assert event(client.post("/things/"))["path"] == "/things/"


def test_the_resource_is_the_path_of_the_template(client: httpx.Client) -> None:
    seen = event(client.get("/things/1"))
    assert (seen["resource"], seen["pathParameters"]) == ("/things/{id}", {"id": "1"})


def test_path_parameters_stay_encoded(client: httpx.Client) -> None:
    assert event(client.get("/things/a%20b"))["pathParameters"] == {"id": "a%20b"}


def test_absent_members_are_null(client: httpx.Client) -> None:
    seen = event(client.post("/things"))
    absent = ["queryStringParameters", "multiValueQueryStringParameters", "pathParameters", "body"]
    assert [seen[name] for name in absent] == [None, None, None, None]


def test_the_query_is_decoded_and_its_last_values_win(client: httpx.Client) -> None:
    seen = event(client.get("/things/1?a=1&a=%C3%A9+e&b="))
    assert seen["queryStringParameters"] == {"a": "é e", "b": ""}
    assert seen["multiValueQueryStringParameters"] == {"a": ["1", "é e"], "b": [""]}


def test_headers_come_in_both_forms(client: httpx.Client) -> None:
    seen = event(client.get("/things/1", headers=[("x-a", "1"), ("x-a", "2")]))
    assert (seen["headers"]["x-a"], seen["multiValueHeaders"]["x-a"]) == ("2", ["1", "2"])


def test_a_text_is_the_body(client: httpx.Client) -> None:
    seen = event(client.post("/things", content="é".encode()))
    assert (seen["body"], seen["isBase64Encoded"]) == ("é", False)


def test_a_body_that_is_no_text_is_encoded(client: httpx.Client) -> None:
    seen = event(client.post("/things", content=b"\xff\x00"))
    assert (base64.b64decode(seen["body"]), seen["isBase64Encoded"]) == (b"\xff\x00", True)


def test_the_context_has_the_route(client: httpx.Client) -> None:
    context = event(client.get("/things/1"))["requestContext"]
    expected = {
        "httpMethod": "GET",
        "path": "/stage/things/1",
        "protocol": "HTTP/1.1",
        "resourcePath": "/things/{id}",
        "stage": "stage",
    }
    assert expected.items() <= context.items()


def test_the_context_has_the_caller(client: httpx.Client) -> None:
    seen = event(client.get("/things/1", headers={"user-agent": "me"}))
    identity = seen["requestContext"]["identity"]
    assert (identity["sourceIp"], identity["userAgent"]) == ("127.0.0.1", "me")


def test_each_request_has_an_id(client: httpx.Client) -> None:
    first, second = (event(client.get("/things/1"))["requestContext"] for _ in "ab")
    assert first["requestId"] != second["requestId"]
