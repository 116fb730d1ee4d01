"""Whom the local server lets in: keys in its table, an auth string, or nobody's business."""

import threading
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import pytest

from local.cloudformation.template import REPOSITORY
from local.database import tables
from runledger.store.schema import keys as stored
from tests.keys.test_command import keys
from tests.local.serving import ServerProcess, serving, startup_error
from tests.support.keys import basic, bearer
from tests.support.waiting import wait_until

UNAUTHORIZED = 401


def at(data: Path) -> dict[str, str]:
    """The settings of a server that keeps its data there, whatever the tests' own are."""
    others = dict.fromkeys(("AUTH", "AUTHENTICATION", "DYNAMODB_ENDPOINT", "TABLE_NAME"), "")
    return {"DATA": str(data), **others}


def add(server: ServerProcess, scope: str = "write") -> str:
    """Add a key to the table of a server that runs."""
    elsewhere = {**at(Path()), "DYNAMODB_ENDPOINT": server.database}
    return keys("add", "etl", "--scope", scope, **elsewhere)[1].strip()


def status(server: ServerProcess, headers: dict[str, str]) -> int:
    return httpx.get(f"{server.url}/version", headers=headers).status_code


def test_the_partition_of_keys_is_that_of_the_functions() -> None:
    assert tables.API_KEYS == stored.API_KEYS


def test_with_a_key_in_its_table_a_server_asks_for_keys(tmp_path: Path) -> None:
    with serving(REPOSITORY, **at(tmp_path)) as server:
        assert status(server, {}) == 200
    secret = keys("add", "etl", "--scope", "read", **at(tmp_path))[1].strip()
    with serving(REPOSITORY, **at(tmp_path)) as server:
        assert "PREFECT_API_AUTH_STRING=name:key" in server.welcome
        shown = [{}, bearer("rl_"), bearer(secret), basic(f"etl:{secret}")]
        assert [status(server, one) for one in shown] == [401, 401, 200, 200]
        made = httpx.post(f"{server.url}/flows/", json={"name": "f"}, headers=bearer(secret))
        assert made.status_code == 403
    keys("revoke", "etl", **at(tmp_path))
    with serving(REPOSITORY, **at(tmp_path)) as server:
        assert [status(server, one) for one in ({}, bearer(secret))] == [401, 401]
    with serving(REPOSITORY, **at(tmp_path) | {"AUTHENTICATION": "off"}) as server:
        assert status(server, {}) == 200


def test_with_authentication_on_it_waits_for_a_first_key(tmp_path: Path) -> None:
    with serving(REPOSITORY, **at(tmp_path) | {"AUTHENTICATION": "on"}) as server:
        assert status(server, {}) == UNAUTHORIZED
        assert status(server, bearer(add(server))) == 200


@pytest.mark.parametrize("host", ["0.0.0.0", "::"])  # noqa: S104 not listened on
def test_a_server_that_asks_for_nothing_is_not_for_other_machines(
    tmp_path: Path, host: str
) -> None:
    refused = startup_error(REPOSITORY, **at(tmp_path) | {"HOST": host})
    assert refused == (
        f"runledger: HOST={host} lets other machines in, and nothing asks who they are: set"
        " AUTH=user:password, add a key (make keys), or set AUTHENTICATION=off\n"
    )


def test_other_machines_are_let_in_with_a_key_or_when_told_so(tmp_path: Path) -> None:
    everywhere = at(tmp_path) | {"HOST": "0.0.0.0"}  # noqa: S104
    with serving(REPOSITORY, **everywhere | {"AUTHENTICATION": "off"}) as server:
        assert status(server, {}) == 200
        add(server)
    with serving(REPOSITORY, **everywhere) as server:
        assert status(server, {}) == UNAUTHORIZED


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"AUTHENTICATION": "maybe"}, "AUTHENTICATION=maybe is not valid: give on or off"),
        (
            {"AUTHENTICATION": "off", "AUTH": "user:password"},
            "AUTH is set, and AUTHENTICATION=off would ignore it: remove one",
        ),
    ],
)
def test_settings_that_contradict_are_refused(
    tmp_path: Path, settings: dict[str, str], message: str
) -> None:
    assert startup_error(REPOSITORY, **at(tmp_path) | settings) == f"runledger: {message}\n"


def test_a_key_is_replaced_under_load_without_a_refused_request(tmp_path: Path) -> None:
    with serving(REPOSITORY, **at(tmp_path) | {"AUTHENTICATION": "on"}) as server:
        load = KeyedRequests(server, shown=(old := add(server)))
        workers = [threading.Thread(target=load.send) for _ in range(4)]
        for worker in workers:
            worker.start()
        load.await_more(40)
        load.shown = new = add(server)
        load.await_more(40)
        revoked = keys("revoke", _id(server, old, new), **_beside(server))
        assert revoked[0] == 0, revoked
        load.await_more(40)
        load.pause = 0.5  # functions remember a key for 20 seconds
        wait_until(lambda: status(server, bearer(old)) == UNAUTHORIZED, seconds=60, pause=0.5)
        load.pause = 0.1
        load.await_more(40)
        load.is_over.set()
        for worker in workers:
            worker.join()
        assert set(load.statuses) == {200}
        assert status(server, bearer(new)) == 200


@dataclass
class KeyedRequests:
    """Requests with the key that is shown now, and what became of them."""

    server: ServerProcess
    shown: str
    pause: float = 0.1
    statuses: list[int] = field(default_factory=list)
    is_over: threading.Event = field(default_factory=threading.Event)

    def send(self) -> None:
        with httpx.Client(base_url=self.server.url, timeout=30) as client:
            while not self.is_over.wait(self.pause):
                answer = client.post("/flows/filter", json={"limit": 1}, headers=bearer(self.shown))
                self.statuses.append(answer.status_code)

    def await_more(self, number: int) -> None:
        until = len(self.statuses) + number
        wait_until(lambda: len(self.statuses) >= until, seconds=60)


def _beside(server: ServerProcess) -> dict[str, str]:
    return {**at(Path()), "DYNAMODB_ENDPOINT": server.database}


def _id(server: ServerProcess, old: str, new: str) -> str:
    """The id of the old key, by what the list says first: the oldest comes first."""
    assert old != new
    _, listed, _ = keys("list", **_beside(server))
    return listed.splitlines()[1].split()[0]
