"""Authentication: at the gateway by the authorizer, and again in each function."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from itertools import cycle

import httpx
import pytest

from local.cloudformation import template
from local.cloudformation.template import Route
from local.rest_api.gateway import Gateway
from local.rest_api.transport import GatewayTransport
from runledger import wiring
from tests.support.databases import TEMPLATE

AUTH = "user:pass word é"
SHOWN = {"authorization": "Basic " + b64encode(AUTH.encode()).decode()}
HASH = sha256(AUTH.encode()).hexdigest()
UNAUTHORIZED = (401, {"exception_message": "Unauthorized"})

OPEN = {"health_check", "perform_readiness_check", "redirect_websocket"}
ROUTES = [route for route in TEMPLATE.routes if route.operation not in OPEN]
ENDPOINTS = [route for route in ROUTES if route.operation != "method_not_allowed"]
GUARDED = template.load(parameters={"Authentication": "required", "AuthSha256": HASH})


@pytest.fixture(params=[GUARDED, TEMPLATE], ids=["at the gateway", "past the gateway"])
def guarded(
    request: pytest.FixtureRequest, api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """Functions that ask for the auth string, behind an authorizer that asks for it or does not."""
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", HASH)
    wiring.reset()
    transport = GatewayTransport(Gateway(request.param))
    with httpx.Client(transport=transport, base_url=api_on_dynoxide.base_url) as client:
        yield client
    wiring.reset()


def ask(api: httpx.Client, route: Route, headers: dict[str, str]) -> httpx.Response:
    path = route.path.replace("{id}", "0" * 32)
    return api.request(route.method, path, headers=headers)


def status_and_body(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json() if answer.content else None


# fmt: off
WRONG = {
    "nothing":            {},
    "another password":   {"authorization": "Basic " + b64encode(b"user:else").decode()},
    "another scheme":     {"authorization": SHOWN["authorization"].replace("Basic", "Bearer")},
    "the scheme in lower case": {"authorization": SHOWN["authorization"].replace("Basic", "basic")},
    "no base64":          {"authorization": "Basic *"},
    "the hash itself":    {"authorization": "Basic " + b64encode(HASH.encode()).decode()},
    "the scheme alone":   {"authorization": "Basic"},
}
# fmt: on


@pytest.mark.parametrize("shown", WRONG.values(), ids=WRONG)
def test_who_shows_something_else_is_turned_away(
    guarded: httpx.Client, shown: dict[str, str]
) -> None:
    assert status_and_body(guarded.post("/task_runs/filter", headers=shown)) == UNAUTHORIZED


@pytest.mark.parametrize("route", ENDPOINTS, ids=lambda route: route.operation)
def test_every_endpoint_turns_strangers_away(guarded: httpx.Client, route: Route) -> None:
    assert status_and_body(ask(guarded, route, {})) == UNAUTHORIZED


@pytest.mark.parametrize("path", ["/task_runs/", "/task_runs/1", "/flows/", "/health", "/version"])
def test_a_method_that_is_not_allowed_turns_strangers_away(
    guarded: httpx.Client, path: str
) -> None:
    assert status_and_body(guarded.put(path)) == UNAUTHORIZED


@pytest.mark.parametrize("route", ENDPOINTS, ids=lambda route: route.operation)
def test_who_shows_the_auth_string_is_let_in(guarded: httpx.Client, route: Route) -> None:
    assert ask(guarded, route, SHOWN).status_code != httpx.codes.UNAUTHORIZED


@pytest.mark.parametrize("path", ["/health", "/ready"])
def test_anybody_may_ask_whether_it_works(guarded: httpx.Client, path: str) -> None:
    assert guarded.get(path).status_code == httpx.codes.OK


def test_anybody_may_ask_before_a_request_from_a_browser(guarded: httpx.Client) -> None:
    asked = {"origin": "http://ui", "access-control-request-method": "POST"}
    assert guarded.options("/task_runs/", headers=asked).status_code == httpx.codes.OK


def test_a_stranger_is_told_nothing_of_a_wrong_body(guarded: httpx.Client) -> None:
    assert status_and_body(guarded.post("/task_runs/", content=b"{")) == UNAUTHORIZED


def test_nobody_is_let_in_while_no_auth_string_is_set(
    api_on_dynoxide: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AUTHENTICATION", "required")
    monkeypatch.setenv("AUTH_SHA256", "")
    wiring.reset()
    assert (
        status_and_body(api_on_dynoxide.get("/version", headers={"authorization": "Basic "}))
        == UNAUTHORIZED
    )


def test_everybody_is_let_in_where_authentication_is_off(api_on_dynoxide: httpx.Client) -> None:
    assert api_on_dynoxide.get("/version").status_code == httpx.codes.OK


RIGHT, OTHER = SHOWN["authorization"], WRONG["another password"]["authorization"]


@pytest.mark.parametrize(
    "shown", [(RIGHT, OTHER), (OTHER, RIGHT), (RIGHT, RIGHT, ""), (OTHER,) * 2]
)
@pytest.mark.parametrize("names", [("Authorization",), ("authorization", "AUTHORIZATION")])
def test_no_header_lets_pass_what_another_does_not(
    guarded: httpx.Client, shown: tuple[str, ...], names: tuple[str, ...]
) -> None:
    headers = list(zip(cycle(names), shown))
    assert status_and_body(guarded.post("/task_runs/filter", headers=headers)) == UNAUTHORIZED


def test_a_header_that_is_repeated_as_it_is_admits(guarded: httpx.Client) -> None:
    headers = [("Authorization", RIGHT), ("Authorization", RIGHT)]
    assert guarded.post("/task_runs/filter", headers=headers).is_success
