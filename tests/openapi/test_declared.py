"""The check that all tests make of answers can fail."""

from typing import Any

import httpx
import pytest

from tests.support.declared import check

ID = "00000000-0000-4000-8000-000000000001"


def answer(method: str, path: str, status: int, **body: Any) -> httpx.Response:
    return httpx.Response(
        status, request=httpx.Request(method, f"http://runledger/api{path}"), **body
    )


@pytest.mark.parametrize(
    ("undeclared", "match"),
    [
        (answer("GET", "/flows/x", 418, json={"detail": "tea"}), "answered 418: declared are"),
        (answer("GET", f"/flows/{ID}", 500, json={}), "read_flow answered 500"),
        (answer("GET", "/version", 200, text="3"), "answered 200 as text/plain"),
        (answer("GET", "/version", 200), "without a body"),
        (answer("GET", "/version", 200, json=3), "answered 200: 3"),
        (answer("POST", "/flows/count", 200, json="1"), "count_flows answered 200"),
        (answer("GET", f"/flows/{ID}", 404, json={"exception_message": ""}), "answered 404"),
        (answer("POST", "/flows/filter", 200, json=[{"id": ID}]), "answered 200"),
    ],
)
def test_an_undeclared_answer_fails(undeclared: httpx.Response, match: str) -> None:
    with pytest.raises(AssertionError, match=match):
        check(undeclared)


def test_declared_answers_pass() -> None:
    check(answer("GET", "/version", 200, json="0.8.4"))
    check(answer("POST", "/flows/count/", 200, json=1))
    check(answer("DELETE", f"/flows/{ID}", 204))


def test_answers_of_no_operation_pass() -> None:
    check(answer("PUT", "/version", 405, json={"detail": "Method Not Allowed"}))
    check(answer("GET", "/nothing", 404, json={"detail": "Not Found"}))
