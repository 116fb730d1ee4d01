"""The endpoints of keys."""

from collections.abc import Iterator
from uuid import UUID

import httpx
import pytest

from runledger import wiring
from runledger.domain import access
from tests.conftest import api_client
from tests.functions.conventions.test_authentication import HASH, SHOWN
from tests.support.databases import GUARDED_TEMPLATE, DynamoDB, scan
from tests.support.keys import add_key, bearer
from tests.support.management import Management

DAY = "2100-01-01T00:00:00Z"


@pytest.fixture
def admin(
    dynamodb: DynamoDB, management: Management, monkeypatch: pytest.MonkeyPatch
) -> Iterator[httpx.Client]:
    """A client of all functions with an admin's key."""
    with api_client(dynamodb, management, monkeypatch, GUARDED_TEMPLATE) as client:
        monkeypatch.setenv("AUTH_SHA256", HASH)
        client.headers.update(bearer(add_key("admin", "root")))
        yield client
    wiring.reset()


def test_a_new_key_is_shown_once_and_opens_at_once(admin: httpx.Client, dynamodb: DynamoDB) -> None:
    made = admin.post("/admin/keys", json={"name": "etl", "scope": "read", "expires": DAY})
    assert made.status_code == httpx.codes.CREATED
    key = made.json()
    secret = key.pop("key")
    assert key == {
        "id": str(access.key_id(secret)),
        "name": "etl",
        "scope": "read",
        "creator": "root",
        "created": key["created"],
        "expires": DAY,
        "last_used": None,
        "revoked": None,
    }
    assert admin.post("/flows/filter", headers=bearer(secret)).is_success
    listed = admin.get("/admin/keys")
    assert secret not in listed.text
    assert secret not in str(list(scan(dynamodb)))
    assert [(one["name"], one["last_used"] is None) for one in listed.json()] == [
        ("root", False),
        ("etl", False),
    ]


@pytest.mark.parametrize("form", ["{}", "{}/", "{}?x=1"])
def test_a_key_is_revoked_by_its_id(admin: httpx.Client, form: str) -> None:
    secret = add_key("write")
    path = form.format(f"/admin/keys/{access.key_id(secret)}")
    assert admin.get("/version", headers=bearer(secret)).is_success
    for _ in range(2):
        assert admin.delete(path).status_code == httpx.codes.NO_CONTENT
    assert admin.get("/version", headers=bearer(secret)).status_code == 401
    (_, revoked) = admin.get("/admin/keys").json()
    assert revoked["revoked"]


def test_what_is_no_key_can_not_be_revoked(admin: httpx.Client) -> None:
    answer = admin.delete(f"/admin/keys/{UUID(int=1)}")
    assert (answer.status_code, answer.json()) == (404, {"detail": "Key not found"})
    assert admin.delete("/admin/keys/etl").status_code == 404


INVALID = [
    {},
    {"name": "etl"},
    {"name": "etl", "scope": "owner"},
    {"name": "a:b", "scope": "read"},
    {"name": "auth-string", "scope": "read"},
    {"name": "etl", "scope": "read", "expires": "soon"},
    {"name": "etl", "scope": "read", "key": "rl_mine"},
]


@pytest.mark.parametrize("body", INVALID)
def test_a_key_that_is_none_is_refused(admin: httpx.Client, body: dict[str, str]) -> None:
    assert admin.post("/admin/keys", json=body).status_code == 422
    assert len(admin.get("/admin/keys").json()) == 1


@pytest.mark.parametrize("scope", ["read", "write"])
def test_only_an_admin_manages_keys(admin: httpx.Client, scope: str) -> None:
    shown = bearer(add_key(scope))
    body = {"name": "mine", "scope": "read"}
    for answer in (
        admin.post("/admin/keys", json=body, headers=shown),
        admin.get("/admin/keys", headers=shown),
        admin.delete(f"/admin/keys/{UUID(int=1)}", headers=shown),
    ):
        assert answer.status_code == httpx.codes.FORBIDDEN
        assert answer.json()["detail"].endswith("this needs the scope admin.")


def test_the_auth_string_manages_keys(admin: httpx.Client) -> None:
    body = {"name": "etl", "scope": "admin"}
    made = admin.post("/admin/keys", json=body, headers=SHOWN)
    assert made.json()["creator"] == "auth-string"


def test_two_keys_of_a_name_live_at_once(admin: httpx.Client) -> None:
    first, second = add_key("read", "etl"), add_key("read", "etl")
    for secret in (first, second):
        assert admin.get("/version", headers=bearer(secret)).is_success
    admin.delete(f"/admin/keys/{access.key_id(first)}")
    statuses = [admin.get("/version", headers=bearer(s)).status_code for s in (first, second)]
    assert statuses == [401, 200]
