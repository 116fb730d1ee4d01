"""Rights of keys: each scope at every route, whatever the path and the header look like."""

import hmac
import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import httpx
import pytest

from local.cloudformation.template import Route
from local.functions import Functions
from local.rest_api.events import LambdaContext
from runledger import ids, wiring
from runledger.adapters.http import Response, endpoint
from runledger.domain import access
from runledger.domain.access import Scope
from runledger.service import api_keys
from runledger.store import api_keys as stored_keys
from tests.functions.conventions.test_authentication import (
    ENDPOINTS,
    GUARDED,
    SHOWN,
    UNAUTHORIZED,
    ask,
    status_and_body,
)
from tests.store.support.calls import heard
from tests.support.databases import DynamoDB, scan
from tests.support.keys import NEEDED, add_key, basic, bearer
from tests.test_template import WRITING, listed, statements

OPEN_PATHS = {"health_check", "perform_readiness_check", "redirect_websocket"}
FORBIDDEN = httpx.codes.FORBIDDEN
# Powertools has a class of its own for what Lambda hands in.
CONTEXT: Any = LambdaContext("a_function")


def test_every_route_is_classified() -> None:
    routed = {route.operation for route in GUARDED.routes} - OPEN_PATHS
    assert NEEDED.keys() == routed


@pytest.mark.parametrize("operation", sorted(o for o, scope in NEEDED.items() if scope == "read"))
def test_what_a_read_key_calls_may_not_write(operation: str) -> None:
    actions = {action for s in statements(operation) for action in listed(s["Action"])}
    assert not actions & WRITING


@pytest.mark.parametrize("route", ENDPOINTS, ids=lambda route: route.operation)
def test_a_key_opens_what_its_scope_includes(closed: httpx.Client, route: Route) -> None:
    needed = NEEDED[route.operation]
    for scope in Scope:
        answer = ask(closed, route, bearer(add_key(scope, f"the-{scope}")))
        if scope.includes(needed):
            assert answer.status_code not in {httpx.codes.UNAUTHORIZED, FORBIDDEN}
        else:
            said = f"The key the-{scope} has the scope {scope}; this needs the scope {needed}."
            assert status_and_body(answer) == (FORBIDDEN, {"detail": said})


@pytest.mark.usefixtures("closed")
def test_a_function_without_a_scope_is_for_admins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SCOPE", raising=False)
    handler = endpoint(lambda _: Response(text="done"), versioned=False)
    statuses = {}
    for scope in Scope:
        secret = ids.secret()
        said = {"principalId": "x", "scope": scope, "keyId": str(access.key_id(secret))}
        event = {"headers": bearer(secret), "requestContext": {"authorizer": said}}
        statuses[scope] = handler(event, CONTEXT)["statusCode"]
    assert statuses == {"read": FORBIDDEN, "write": FORBIDDEN, "admin": httpx.codes.OK}


READING = {"filter", "count", "history", "paginate"}


@pytest.mark.parametrize("route", ENDPOINTS, ids=lambda route: route.operation)
def test_what_only_reads_is_for_read_keys(route: Route) -> None:
    """As the paths say it: a GET, or a POST that lists, counts or sums up."""
    last = route.path.rpartition("/")[2]
    if route.path.startswith("/admin/keys"):
        assert NEEDED[route.operation] == Scope.ADMIN
    elif route.method == "GET" or last in READING:
        assert NEEDED[route.operation] == Scope.READ
    elif route.method in {"PATCH", "PUT", "DELETE"}:
        assert NEEDED[route.operation] == Scope.WRITE


Showing = Callable[[str], dict[str, str]]

ACCEPTED: dict[str, Showing] = {
    "bearer": bearer,
    "the scheme in lower case": lambda secret: {"authorization": f"bearer {secret}"},
    "the scheme in upper case": lambda secret: {"authorization": f"BEARER {secret}"},
    "password": lambda secret: basic(f"etl:{secret}"),
    "password of another name": lambda secret: basic(f"x:{secret}"),
    "password without a name": lambda secret: basic(f":{secret}"),
    "password after several colons": lambda secret: basic(f"a:b:{secret}"),
}


@pytest.mark.parametrize("shown", ACCEPTED)
def test_a_key_is_taken_as_clients_send_it(closed: httpx.Client, shown: str) -> None:
    headers = ACCEPTED[shown](add_key("read"))
    assert closed.post("/task_runs/filter", headers=headers).is_success


REFUSED: dict[str, Showing] = {
    "another key": lambda _: bearer(ids.secret()),
    "its last letter differs": lambda s: bearer(s[:-2] + ("A" if s[-2] != "A" else "B") + s[-1]),
    "a part": lambda secret: bearer(secret[:-1]),
    "more": lambda secret: bearer(secret + "A"),
    "a blank before it": lambda secret: {"authorization": f"Bearer  {secret}"},
    "a tab": lambda secret: {"authorization": f"Bearer\t{secret}"},
    "quotes": lambda secret: {"authorization": f'Bearer "{secret}"'},
    "no scheme": lambda secret: {"authorization": secret},
    "another scheme": lambda secret: {"authorization": f"Token {secret}"},
    "in upper case": lambda secret: bearer(secret.upper()),
    "its hash": lambda secret: bearer(access.digest(secret)),
    "its id": lambda secret: bearer(str(access.key_id(secret))),
    "as the name of Basic": lambda secret: basic(f"{secret}:"),
    "in Basic without base64": lambda secret: {"authorization": f"Basic etl:{secret}"},
    "in Bearer with base64": lambda s: bearer(basic(f"etl:{s}")["authorization"].split()[1]),
    "in the query": lambda _: {},
    "in another header": lambda secret: {"x-api-key": secret, "cookie": f"key={secret}"},
}


@pytest.mark.parametrize("shown", REFUSED)
def test_what_is_no_key_is_refused(closed: httpx.Client, shown: str) -> None:
    secret = add_key("admin")
    answer = closed.post(f"/task_runs/filter?key={secret}", headers=REFUSED[shown](secret))
    assert status_and_body(answer) == UNAUTHORIZED


@pytest.mark.parametrize("order", [(0, 1), (1, 0), (0, 2), (2, 0), (0, 0, 1), (0, 3), (3, 0)])
def test_no_header_lets_pass_what_another_does_not(
    closed: httpx.Client, order: tuple[int, ...]
) -> None:
    keys = [bearer(add_key("read")), bearer(add_key("admin")), bearer(ids.secret()), SHOWN]
    headers = [("Authorization", keys[number]["authorization"]) for number in order]
    assert status_and_body(closed.delete(f"/flows/{'0' * 32}", headers=headers)) == UNAUTHORIZED
    assert status_and_body(closed.post("/flows/filter", headers=headers)) == UNAUTHORIZED


def test_the_auth_string_goes_on_working_beside_keys(closed: httpx.Client) -> None:
    add_key("read")
    assert closed.delete(f"/flows/{'0' * 32}", headers=SHOWN).status_code == httpx.codes.NOT_FOUND


def test_an_expired_key_opens_nothing(closed: httpx.Client) -> None:
    secret = add_key("admin", expires=wiring.now() - timedelta(seconds=1))
    assert status_and_body(closed.get("/version", headers=bearer(secret))) == UNAUTHORIZED


def test_a_revoked_key_opens_nothing(closed: httpx.Client) -> None:
    secret = add_key("admin")
    assert closed.get("/version", headers=bearer(secret)).is_success
    api_keys.revoke(wiring.store(), access.key_id(secret), wiring.now())
    assert status_and_body(closed.get("/version", headers=bearer(secret))) == UNAUTHORIZED
    assert status_and_body(closed.put("/version", headers=bearer(secret))) == UNAUTHORIZED


def test_a_request_reads_a_key_once_and_then_not_at_all(closed: httpx.Client) -> None:
    secret = add_key("read")
    closed.get("/version", headers=bearer(secret))
    wiring.reset()
    with heard(wiring.store().table.client) as calls:
        closed.get("/version", headers=bearer(secret))
        closed.get("/version", headers=bearer(secret))
    assert [name for name, _ in calls] == ["GetItem"]


def test_what_is_no_key_reads_nothing(closed: httpx.Client) -> None:
    with heard(wiring.store().table.client) as calls:
        for secret in ("", "x", "rl_", "pnu_" + "a" * 36):
            assert closed.get("/version", headers=bearer(secret)).status_code == 401
    assert calls == []


@pytest.mark.usefixtures("closed")
def test_the_authorizer_names_the_caller_and_raises_what_api_gateway_does_not_keep() -> None:
    secret, functions = add_key("read", "etl"), Functions(GUARDED)

    def authorize(shown: dict[str, str]) -> object:
        event = {"methodArn": "arn:aws:execute-api:r:1:a/api/GET/flows", "headers": shown}
        return functions.call("authorize", event)

    admitted = authorize(bearer(secret))
    assert isinstance(admitted, dict)
    assert admitted["principalId"] == "etl"
    assert admitted["context"] == {"keyId": str(access.key_id(secret)), "scope": "read"}
    assert secret not in json.dumps(admitted)
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(bearer(ids.secret()))


@pytest.mark.usefixtures("closed")
def test_what_the_authorizer_says_of_one_key_is_not_believed_of_another() -> None:
    """Also not if API Gateway hands on what it has kept for another header."""
    shown, other = add_key("read"), add_key("admin")
    said = {"principalId": "x", "scope": "admin", "keyId": str(access.key_id(other))}
    event = {
        "resource": "/version",
        "path": "/version",
        "httpMethod": "GET",
        "headers": bearer(shown),
        "requestContext": {"authorizer": said, "path": "/api/version"},
    }
    assert Functions(GUARDED).call("server_version", event)["statusCode"] == 401
    event["headers"] = bearer(other)
    assert Functions(GUARDED).call("server_version", event)["statusCode"] == 200
    said["expires"] = (wiring.now() - timedelta(seconds=1)).isoformat()
    assert Functions(GUARDED).call("server_version", event)["statusCode"] == 401


def test_nothing_that_is_secret_is_compared_letter_by_letter(
    closed: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    compared: list[tuple[str, str]] = []
    compare = hmac.compare_digest

    def record(left: str, right: str) -> bool:
        compared.append((left, right))
        return compare(left, right)

    monkeypatch.setattr(hmac, "compare_digest", record)
    monkeypatch.setattr(stored_keys, "compare_digest", record)
    for headers in (SHOWN, basic("user:else"), bearer(add_key("read"))):
        compared.clear()
        closed.get("/version", headers=headers)
        assert compared
        assert {len(text) for pair in compared for text in pair} == {64}


def test_the_name_of_a_key_is_logged_and_the_key_is_nowhere(
    closed: httpx.Client,
    on_dynoxide: DynamoDB,
    caplog: pytest.LogCaptureFixture,
) -> None:
    secret = add_key("read", "the-etl")
    answers = [
        closed.request(method, path, headers=headers)
        for headers in (bearer(secret), basic(f"the-etl:{secret}"))
        for method, path in [
            ("GET", "/version"),
            ("PUT", "/version"),
            ("POST", "/flows/"),
            ("POST", "/task_runs/filter"),
            ("GET", "/nowhere"),
            ("GET", f"/flows/{'0' * 32}"),
        ]
    ]
    lines = [vars(record) for record in caplog.records]
    # All but the unknown path, which API Gateway answers itself.
    assert [line["principal"] for line in lines if line["msg"] == "answered"] == ["the-etl"] * 10
    shown = [answer.text + str(answer.headers) for answer in answers]
    for text in (*shown, *map(str, lines), *map(str, scan(on_dynoxide))):
        assert secret not in text
        assert secret.removeprefix("rl_") not in text
