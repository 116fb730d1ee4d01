"""WebSocket clients that show a key: what it opens, and when their connections end."""

import json
from datetime import timedelta

import httpx
import pytest

from local.websocket_api.client import Connector, WebSocketClient
from runledger import websocket_wiring, wiring
from runledger.domain import access
from runledger.domain.access import Scope
from runledger.domain.websocket.protocol import AUTH_SUCCESS, ENDED, POLICY_VIOLATION
from runledger.service import api_keys
from runledger.service.context import ServiceContext
from runledger.service.websocket import dispatcher
from runledger.store.websocket.connections import ConnectionStore
from tests.functions.conventions.test_authentication import AUTH
from tests.functions.websocket.test_silent_clients import PATHS, connect, kept, strangers, sweep
from tests.reporting.building import RUN_ID, body
from tests.store.support.calls import heard
from tests.support.keys import add_key, bearer
from tests.support.streaming import Streaming

__all__ = ["strangers"]  # the fixture

GONE = POLICY_VIOLATION, ENDED
NEEDED = {path.removeprefix("/api"): "write" for path in PATHS[:2]} | {
    path.removeprefix("/api"): "read" for path in PATHS[2:]
}
FORMS = {"the key": "{}", "a password": "etl:{}", "a password without a name": ":{}"}


def authenticated(sockets: Connector, token: str, *paths: str) -> list[WebSocketClient]:
    clients = connect(sockets, *paths)
    for client in clients:
        client.send(json.dumps({"type": "auth", "token": token}))
    return clients


def revoke(secret: str) -> None:
    api_keys.revoke(wiring.store(), access.key_id(secret), wiring.now())


def sweep_keys(after: timedelta = timedelta(0)) -> None:
    at = wiring.now() + after
    context = ServiceContext(wiring.store(), websocket_wiring.connections(), at)
    dispatcher.disconnect_ended(context)


def test_each_path_has_a_scope() -> None:
    assert {path: known.scope for path, known in dispatcher.PATHS.items()} == NEEDED


@pytest.mark.parametrize("scope", Scope)
@pytest.mark.parametrize("path", PATHS)
def test_a_key_opens_the_paths_of_its_scope(strangers: Connector, path: str, scope: Scope) -> None:
    (client,) = authenticated(strangers, add_key(scope), path)
    needed = NEEDED[path.removeprefix("/api")]
    if scope.includes(Scope(needed)):
        assert (client.received(), client.closed) == ([AUTH_SUCCESS], None)
    else:
        reason = f"The key etl has the scope {scope}; this needs the scope {needed}."
        assert (client.closed, kept()) == ((POLICY_VIOLATION, reason), set())


@pytest.mark.parametrize("form", FORMS)
def test_a_key_is_taken_as_clients_send_it(strangers: Connector, form: str) -> None:
    (client,) = authenticated(strangers, FORMS[form].format(add_key("read")), "/api/events/out")
    assert (client.received(), client.closed) == ([AUTH_SUCCESS], None)


@pytest.mark.parametrize("form", ["{}x", "{}:", "Bearer {}", " {}", "{}\n"])
def test_what_is_no_key_is_refused(strangers: Connector, form: str) -> None:
    (client,) = authenticated(strangers, form.format(add_key("admin")), "/api/events/out")
    assert (client.closed, kept()) == ((POLICY_VIOLATION, "Invalid token"), set())


def test_a_revoked_key_opens_nothing_from_then_on(strangers: Connector, api: httpx.Client) -> None:
    """Although requests have made it known."""
    secret = add_key()
    assert api.get("/version", headers=bearer(secret)).is_success
    revoke(secret)
    (client,) = authenticated(strangers, secret, "/api/events/in")
    assert client.closed == (POLICY_VIOLATION, "Invalid token")


def test_the_connections_of_a_revoked_key_end_with_the_next_sweep(strangers: Connector) -> None:
    secret, other = add_key(), add_key()
    ending = authenticated(strangers, secret, *PATHS * 3)
    staying = [*authenticated(strangers, other, *PATHS), *authenticated(strangers, AUTH, *PATHS)]
    sweep_keys()
    assert {client.closed for client in (*ending, *staying)} == {None}
    revoke(secret)
    sweep_keys()
    assert {client.closed for client in ending} == {GONE}
    assert {client.closed for client in staying} == {None}
    assert kept() == {client.id for client in staying}


def test_the_connections_of_an_expired_key_end(strangers: Connector) -> None:
    minute = timedelta(minutes=1)
    clients = authenticated(strangers, add_key(expires=wiring.now() + minute), *PATHS)
    sweep_keys()
    assert {client.closed for client in clients} == {None}
    sweep_keys(after=minute)
    assert ({client.closed for client in clients}, kept()) == ({GONE}, set())


def test_a_connection_whose_end_nobody_told_is_forgotten(strangers: Connector) -> None:
    secret = add_key()
    for client in authenticated(strangers, secret, *PATHS):
        client.vanish()
    revoke(secret)
    sweep_keys()
    assert kept() == set()


def test_what_such_a_client_sends_later_is_not_handled(
    strangers: Connector, api: httpx.Client
) -> None:
    secret, reader = add_key(), add_key("read")
    (client,) = authenticated(strangers, secret, "/api/events/in")
    revoke(secret)
    sweep_keys()
    client.send(json.dumps(body(1)))
    assert api.get(f"/task_runs/{RUN_ID}", headers=bearer(reader)).status_code == 404


def test_a_client_that_authenticates_while_its_key_is_revoked_ends(strangers: Connector) -> None:
    secret = add_key()
    (client,) = connect(strangers, "/api/events/out")
    store = ConnectionStore.of(wiring.store())
    found, caller = (
        store.read(client.id),
        api_keys.find_caller(wiring.store(), secret, wiring.now()),
    )
    assert found
    assert caller
    revoke(secret)
    assert store.admit(found, caller, wiring.now())
    sweep_keys()
    assert (client.closed, kept()) == (GONE, set())


def test_a_key_that_ended_long_ago_costs_the_sweep_nothing(strangers: Connector) -> None:
    secret = add_key()
    authenticated(strangers, secret, "/api/events/out")
    revoke(secret)
    with heard(wiring.store().table.client) as calls:
        sweep_keys(after=timedelta(days=2))
    assert [name for name, _ in calls] == ["Query"]


def test_the_schedule_ends_them(strangers: Connector, stream: Streaming) -> None:
    secret = add_key()
    clients = authenticated(strangers, secret, *PATHS)
    revoke(secret)
    stream.run_schedule("sweep_task_workers")
    assert {client.closed for client in clients} == {GONE}


def test_the_name_of_the_key_is_logged(
    strangers: Connector, caplog: pytest.LogCaptureFixture
) -> None:
    secret = add_key("read", "the-etl")
    (client,) = authenticated(strangers, secret, "/api/events/out")
    client.send(json.dumps({"type": "filter", "filter": {}}))
    logged = [vars(record) for record in caplog.records]
    lines = [line for line in logged if line.get("route") == "$default"]
    assert [line["principal"] for line in lines] == ["the-etl", "the-etl"]
    assert secret not in str(logged)


def test_the_sweep_of_silent_clients_ends_no_others(strangers: Connector) -> None:
    clients = authenticated(strangers, add_key(), *PATHS)
    sweep(timedelta(days=1))
    assert {client.closed for client in clients} == {None}
