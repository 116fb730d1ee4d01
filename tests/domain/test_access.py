"""Scopes, and the secrets of keys."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from uuid import UUID

import pytest
from pydantic import ValidationError

from runledger import ids
from runledger.domain import access
from runledger.domain.access import SECRET, Caller, Scope
from runledger.domain.api_keys import ApiKey, hour_of
from runledger.domain.errors import Forbidden

NOW = datetime(2026, 11, 29, 12, 34, 56, 789, tzinfo=UTC)
SECRETS = [ids.secret() for _ in range(200)]


def key(name: str = "etl", **fields: datetime | None) -> ApiKey:
    given = {"id": UUID(int=1), "scope": "read", "creator": "me", "created": NOW}
    return ApiKey.model_validate({"name": name, **given, **fields})


@pytest.mark.parametrize(
    ("scope", "included"),
    [("read", {"read"}), ("write", {"read", "write"}), ("admin", {"read", "write", "admin"})],
)
def test_a_scope_includes_those_before_it(scope: str, included: set[str]) -> None:
    assert {other for other in Scope if Scope(scope).includes(other)} == included
    caller = Caller("etl", Scope(scope))
    assert caller.key_name is None
    for other in included:
        caller.check(Scope(other))
    for other in set(Scope) - included:
        with pytest.raises(Forbidden, match=f"etl has the scope {scope}.*scope {other}"):
            caller.check(other)


def test_a_secret_is_recognized_and_has_256_bits() -> None:
    assert all(SECRET.fullmatch(secret) for secret in SECRETS)
    assert len(set(SECRETS)) == len(SECRETS)
    alphabet = {character for secret in SECRETS for character in secret.removeprefix("rl_")}
    assert (len(alphabet), len(SECRETS[0])) == (64, len("rl_") + 43)


def test_of_a_secret_the_hash_is_known_and_the_id_is_a_part_of_it() -> None:
    (secret, *_) = SECRETS
    assert access.digest(secret) == sha256(secret.encode()).hexdigest()
    assert access.key_id(secret).hex == access.digest(secret)[:32]


@pytest.mark.parametrize("name", ["etl", "a", "Team-7", "a.b_c@d+e", "x" * 64])
def test_a_key_has_a_name(name: str) -> None:
    assert key(name).name == name


NO_NAMES = ["", "a:b", "a b", "-a", "a\n", "é", "x" * 65, "auth-string", "anonymous"]


@pytest.mark.parametrize("name", NO_NAMES)
def test_no_name_looks_like_something_else(name: str) -> None:
    with pytest.raises(ValidationError):
        key(name)


LATER, EARLIER = NOW + timedelta(hours=1), NOW - timedelta(hours=1)


@pytest.mark.parametrize(
    ("expires", "revoked", "ended"),
    [
        (None, None, None),
        (LATER, None, LATER),
        (None, EARLIER, EARLIER),
        (LATER, EARLIER, EARLIER),
        (EARLIER, NOW, EARLIER),
    ],
)
def test_a_key_ends_when_it_expires_or_is_revoked(
    expires: datetime | None, revoked: datetime | None, ended: datetime | None
) -> None:
    one = key(expires=expires, revoked=revoked)
    assert one.ended == ended
    assert one.has_ended(NOW) == (ended == EARLIER)
    assert one.caller == Caller("etl", Scope.READ, UUID(int=1), expires)
    assert one.caller.key_name == "etl"


def test_a_key_that_ends_now_has_ended() -> None:
    assert key(expires=NOW).has_ended(NOW)


def test_a_use_is_noted_once_an_hour() -> None:
    used = key(last_used=hour_of(NOW))
    assert hour_of(NOW) == datetime(2026, 11, 29, 12, tzinfo=UTC)
    assert key().is_used_anew(NOW)
    assert not used.is_used_anew(datetime(2026, 11, 29, 12, 59, 59, tzinfo=UTC))
    assert used.is_used_anew(datetime(2026, 11, 29, 13, tzinfo=UTC))
