"""No spelling of a path or a method opens what a key does not open."""

from collections.abc import Callable
from functools import partial

import httpx
import pytest

from local.cloudformation.template import Route
from local.rest_api.routing import Resources
from runledger import wiring
from runledger.domain.access import Scope
from tests.functions.conventions.test_authentication import ENDPOINTS, GUARDED
from tests.store.support.calls import heard
from tests.support.keys import NEEDED, add_key, bearer

RESOURCES = Resources(GUARDED.routes)

# 25 spellings of a path: {} stands for what the template has.
SPELLINGS = [
    "{}", "{}/", "{}//", "/{}", "//{}", "{}?", "{}?x=/flows/filter", "{}#filter", "{}%20", "{}%00",
    "{}%2F", "{}%2Ffilter", "{}/.", "{}/..", "{}/../filter", "/.{}", "/..{}", "/flows/filter/..{}",
    "{}/filter", "{};a=b", "{}.json", "{}\\", "UPPER", "ENCODED", "SLASHES",
]  # fmt: skip
SPELLED: dict[str, Callable[[str], str]] = {
    "UPPER": str.upper,
    "ENCODED": lambda path: path[:-1] + f"%{ord(path[-1]):x}",
    "SLASHES": lambda path: path.replace("/", "//"),
}
METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "QUERY", "get", "POST "]
CHANGING = [route for route in ENDPOINTS if NEEDED[route.operation] != Scope.READ]


def spelled(path: str, spelling: str) -> str:
    filled = path.replace("{id}", "0" * 32).replace("{", "").replace("}", "")
    return SPELLED.get(spelling, partial(spelling.replace, "{}"))(filled)


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_no_spelling_of_a_path_opens_anything(closed: httpx.Client, spelling: str) -> None:
    """Without a key nothing answers; with a read key nothing is changed."""
    reader = bearer(add_key("read"))
    assert closed.post("/task_runs/filter", headers=reader).is_success
    client = wiring.store().table.client
    with heard(client) as calls:
        strange = [(r, _send(closed, r, spelling, {}).status_code) for r in ENDPOINTS]
        answers = [_send(closed, route, spelling, reader) for route in CHANGING]
    assert [(r.operation, status) for r, status in strange if status not in {401, 404, 405}] == []
    assert [name for name, _ in calls if name not in {"GetItem", "Query", "BatchGetItem"}] == []
    # Where the path then leads elsewhere, that may read.
    taken = {_operation(one) for one in answers if one.status_code not in {403, 404, 405}}
    assert {operation for operation in taken if NEEDED[operation] != Scope.READ} == set()


def _operation(answer: httpx.Response) -> str:
    """Return the operation whose route a request took."""
    path = answer.request.url.raw_path.partition(b"?")[0].decode()
    match = RESOURCES.match(answer.request.method, path.removeprefix(f"/{GUARDED.stage}"))
    assert match, path
    return match.route.operation


def _send(
    api: httpx.Client, route: Route, spelling: str, headers: dict[str, str]
) -> httpx.Response:
    url = f"{api.base_url}{spelled(route.path, spelling).removeprefix('/')}"
    return api.request(route.method, url, headers=headers)


@pytest.mark.parametrize("method", METHODS)
def test_no_method_opens_anything(closed: httpx.Client, method: str) -> None:
    reader = bearer(add_key("read"))
    paths = sorted({spelled(route.path, "{}") for route in CHANGING})
    strange = {path: closed.request(method, path).status_code for path in paths}
    allowed = {401, 404, 200} if method == "OPTIONS" else {401, 404}
    assert {path: status for path, status in strange.items() if status not in allowed} == {}
    with heard(wiring.store().table.client) as calls:
        for path in paths:
            closed.request(method, path, headers=reader)
    assert not {name for name, _ in calls} & {"PutItem", "DeleteItem", "TransactWriteItems"}
