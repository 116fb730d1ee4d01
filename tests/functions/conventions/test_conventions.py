"""Conventions of every endpoint: versions, methods, content types, errors.

See docs/contract/task-runs.md 1.
"""

from collections.abc import Callable

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_task_run

ABSENT = "00000000-0000-4000-8000-000000000000"


def status_and_body(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()


def with_version(api: httpx.Client, version: str, path: str = "/task_runs/count") -> httpx.Response:
    return api.post(path, headers={"x-prefect-api-version": version}, json={})


@pytest.mark.parametrize("version", ["", "0.8.0", "0.8.4", "0.10.0", "99.0.0"])
def test_a_version_from_0_8_on_is_spoken(api_on_dynoxide: httpx.Client, version: str) -> None:
    assert with_version(api_on_dynoxide, version).status_code == httpx.codes.OK


@pytest.mark.parametrize("version", ["0.8", "abc", "0.8.4.1"])
def test_a_malformed_version_is_refused(api_on_dynoxide: httpx.Client, version: str) -> None:
    message = (
        "Invalid X-PREFECT-API-VERSION header format."
        f"Expected header in format 'x.y.z' but received {version}"
    )
    assert status_and_body(with_version(api_on_dynoxide, version)) == (400, {"detail": message})


def test_an_old_version_is_refused(api_on_dynoxide: httpx.Client) -> None:
    message = (
        "The request specified API version 0.7.9 but this server requires version 0.8.0 or higher."
    )
    assert status_and_body(with_version(api_on_dynoxide, "0.7.9")) == (400, {"detail": message})


@pytest.mark.parametrize(
    ("versions", "status"),
    [
        (("0.1.0", "0.8.4"), 400),
        (("0.8.4", "0.1.0"), 200),
        (("", "0.1.0"), 200),
        (("abc", "0.8.4", "0.8.4"), 400),
    ],
)
def test_the_first_of_several_versions_counts(
    api_on_dynoxide: httpx.Client, versions: tuple[str, ...], status: int
) -> None:
    headers = [("x-prefect-api-version", version) for version in versions]
    assert api_on_dynoxide.post("/task_runs/count", headers=headers, json={}).status_code == status


@pytest.mark.parametrize(
    ("types", "status"),
    [
        (("text/plain", "application/json"), 422),
        (("application/json", "text/plain"), 201),
        (("application/json", "text/plain", "text/html"), 201),
    ],
)
def test_the_first_of_several_content_types_counts(
    api_on_dynoxide: httpx.Client, types: tuple[str, ...], status: int
) -> None:
    headers = [("content-type", it) for it in types]
    answer = api_on_dynoxide.post("/flows/", headers=headers, content=b'{"name": "a"}')
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("ids", "status"), [(("x", ABSENT), 200), ((ABSENT, "x"), 422), (("x", "y", ABSENT), 200)]
)
@pytest.mark.parametrize("kind", ["task_run", "flow_run"])
def test_the_last_of_several_parameters_of_a_query_counts(
    api_on_dynoxide: httpx.Client, ids: tuple[str, ...], status: int, kind: str
) -> None:
    asked = {f"{kind}_id": ids}
    assert api_on_dynoxide.get(f"/{kind}_states/", params=asked).status_code == status


@pytest.mark.parametrize("path", ["/health", "/version"])
def test_some_speak_any_version(api_on_dynoxide: httpx.Client, path: str) -> None:
    headers = {"x-prefect-api-version": "0.1.0"}
    assert api_on_dynoxide.get(path, headers=headers).status_code == httpx.codes.OK


def test_bad_json_is_told_before_a_bad_version(api_on_dynoxide: httpx.Client) -> None:
    headers = {"x-prefect-api-version": "0.1.0"}
    answer = api_on_dynoxide.post("/task_runs/", headers=headers, content=b"{")
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY


# fmt: off
ALLOWED = [
    ("PUT",     "/task_runs/",           "POST"),
    ("GET",     "/task_runs/",           "POST"),
    ("POST",    f"/task_runs/{ABSENT}",  "PATCH"),
    ("HEAD",    f"/task_runs/{ABSENT}",  "PATCH"),
    ("GET",     "/task_runs/filter",     "POST"),
    ("DELETE",  "/flows/",               "POST"),
    ("POST",    "/flows/name/a",         "GET"),
    ("POST",    f"/flow_runs/{ABSENT}",  "PATCH"),
    ("GET",     "/automations/owned-by/a", "DELETE"),
    ("POST",    "/automations/related-to/a", "GET"),
    ("GET",     "/deployments/get_scheduled_flow_runs", "POST"),
    ("DELETE",  f"/deployments/{ABSENT}/schedules", "GET"),
    ("GET",     f"/deployments/{ABSENT}/schedules/{ABSENT}", "PATCH"),
    ("GET",     f"/deployments/{ABSENT}/resume_deployment", "POST"),
    ("POST",    "/admin/storage",        "GET"),
    ("DELETE",  "/health",               "GET"),
    ("OPTIONS", "/version",              "GET"),
]
# fmt: on


@pytest.mark.parametrize(("method", "path", "allowed"), ALLOWED)
def test_another_method_is_not_allowed(
    api_on_dynoxide: httpx.Client, method: str, path: str, allowed: str
) -> None:
    answer = api_on_dynoxide.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)


@pytest.mark.parametrize("path", ["/task_runs/", "/task_runs/abc", "/health", "/no/thing"])
def test_a_preflight_is_told_what_it_may(api_on_dynoxide: httpx.Client, path: str) -> None:
    asked = {
        "origin": "http://ui",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
    }
    answer = api_on_dynoxide.options(path, headers=asked)
    assert (answer.status_code, answer.text) == (200, "OK")
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["access-control-allow-headers"] == "content-type"
    assert "POST" in answer.headers["access-control-allow-methods"]


@pytest.mark.parametrize(
    ("method", "status"), [("POST", 200), ("QUERY", 200), ("BREW", 400), ("get", 400)]
)
def test_a_preflight_allows_the_references_methods(
    api_on_dynoxide: httpx.Client, method: str, status: int
) -> None:
    asked = {"origin": "http://ui", "access-control-request-method": method}
    answer = api_on_dynoxide.options("/task_runs/", headers=asked)
    assert answer.status_code == status
    allowed = "DELETE, GET, HEAD, OPTIONS, PATCH, POST, PUT, QUERY"
    assert answer.headers["access-control-allow-methods"] == allowed


@pytest.mark.parametrize("path", ["/nothing", "/task_runs/abc", "/task_runs/filter/more"])
def test_an_unknown_path_is_not_found(api_on_dynoxide: httpx.Client, path: str) -> None:
    assert status_and_body(api_on_dynoxide.get(path)) == (404, {"detail": "Not Found"})
    assert status_and_body(api_on_dynoxide.options(path)) == (404, {"detail": "Not Found"})


# fmt: off
MISSING = [
    ("GET",    "/task_runs/{}", "Task not found"),
    ("PATCH",  "/task_runs/{}", "Task run not found"),
    ("DELETE", "/task_runs/{}", "Task not found"),
    ("GET",    "/flow_runs/{}", "Flow run not found"),
    ("DELETE", "/flow_runs/{}", "Flow run not found"),
    ("GET",    "/flows/{}",     "Flow not found"),
    ("DELETE", "/flows/{}",     "Flow not found"),
    ("GET",    "/flows/name/a", "Flow not found"),
]
# fmt: on


@pytest.mark.parametrize(("method", "path", "text"), MISSING)
def test_what_is_missing_is_named(
    api_on_dynoxide: httpx.Client, method: str, path: str, text: str
) -> None:
    answer = api_on_dynoxide.request(method, path.format(ABSENT), json={})
    assert status_and_body(answer) == (404, {"detail": text})


@pytest.mark.parametrize("spell", [str.upper, lambda text: text.replace("-", "")])
def test_a_path_may_spell_an_id_in_capitals_or_without_hyphens(
    api_on_dynoxide: httpx.Client, spell: Callable[[str], str]
) -> None:
    run = made(api_on_dynoxide, new_task_run())
    assert api_on_dynoxide.get(f"/task_runs/{spell(run['id'])}").json()["id"] == run["id"]


def test_a_path_may_end_in_a_slash_or_not(api_on_dynoxide: httpx.Client) -> None:
    asked = new_task_run().body
    assert api_on_dynoxide.post("/task_runs", json=asked).status_code == httpx.codes.CREATED
    assert api_on_dynoxide.post("/task_runs/", json=asked).status_code == httpx.codes.OK


@pytest.mark.parametrize(
    "content_type",
    [None, "application/json", "application/JSON; charset=utf-8", "application/a+json"],
)
def test_json_is_told_by_its_type_or_by_none(
    api_on_dynoxide: httpx.Client, content_type: str | None
) -> None:
    headers = {"content-type": content_type} if content_type else {}
    answer = api_on_dynoxide.post("/flows/", content=b'{"name": "a"}', headers=headers)
    assert answer.status_code == httpx.codes.CREATED


def test_another_type_is_one_text(api_on_dynoxide: httpx.Client) -> None:
    headers = {"content-type": "text/plain"}
    answer = api_on_dynoxide.post("/flows/", content=b'{"name": "a"}', headers=headers)
    (problem,) = answer.json()["exception_detail"]
    assert (answer.status_code, problem["type"], problem["loc"]) == (
        422,
        "model_attributes_type",
        ["body"],
    )
    assert answer.json()["request_body"] == '{"name": "a"}'


def test_named_parameters_of_another_type_are_ignored(api_on_dynoxide: httpx.Client) -> None:
    headers = {"content-type": "text/plain"}
    answer = api_on_dynoxide.post("/task_runs/filter", content=b'{"limit": -1}', headers=headers)
    assert status_and_body(answer) == (200, [])


def test_bytes_that_are_no_text_are_refused(api_on_dynoxide: httpx.Client) -> None:
    message = "There was an error parsing the body"
    answer = api_on_dynoxide.post("/flows/", content=b'{"name": "\xff"}')
    assert status_and_body(answer) == (400, {"detail": message})


def test_a_missing_flow_run_is_a_conflict(api_on_dynoxide: httpx.Client) -> None:
    asked = new_task_run(flow_run_id=ABSENT)
    status, body = status_and_body(api_on_dynoxide.post("/task_runs/", json=asked.body))
    assert (status, list(body)) == (409, ["detail"])  # type: ignore[call-overload]


def test_an_invalid_body_is_told_with_itself(api_on_dynoxide: httpx.Client) -> None:
    answer = api_on_dynoxide.post("/task_runs/", json={"task_key": "a", "b": 1}).json()
    assert answer["exception_message"] == "Invalid request received."
    assert answer["request_body"] == {"task_key": "a", "b": 1}
    problems = [(problem["type"], problem["loc"]) for problem in answer["exception_detail"]]
    assert problems == [("missing", ["body", "dynamic_key"]), ("extra_forbidden", ["body", "b"])]


def test_a_flow_is_found_by_a_name_of_any_script(api_on_dynoxide: httpx.Client) -> None:
    flow = made(api_on_dynoxide, new_flow("ночной поток #1?"))
    assert api_on_dynoxide.get("/flows/name/ночной поток %231%3F").json() == flow
