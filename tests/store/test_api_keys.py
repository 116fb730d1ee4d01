"""Keys of callers in the table: what is stored of them, how long they are known, who ends them."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from runledger.domain import access
from runledger.domain.api_keys import KEPT_AFTER_END, hour_of
from runledger.domain.errors import NotFound
from runledger.service import api_keys
from runledger.store.api_keys import CACHE_TTL, ApiKeyStore
from runledger.store.dynamodb.table import Table
from runledger.store.store import Store
from tests.store.support.calls import FAULTS, Heard, broken, heard
from tests.support.databases import DynamoDB, scan
from tests.support.keys import add_key
from tests.support.waiting import wait_until

NOW = datetime(2026, 11, 29, 12, 34, 56, 789, tzinfo=UTC)
AT_API_GATEWAY = timedelta(seconds=30)


def names_of(calls: Heard) -> list[str]:
    return [name for name, _ in calls]


def test_of_a_secret_the_table_has_the_hash_alone(store: Store, dynamodb: DynamoDB) -> None:
    secret = add_key(store=store, expires=NOW)
    api_keys.admit_caller(store, secret, NOW - timedelta(hours=1))
    (item,) = scan(dynamodb)
    assert secret.removeprefix("rl_")[:8] not in str(item)
    assert item["sha256"] == {"S": access.digest(secret)}


def test_a_shown_key_costs_one_read_and_is_then_known(store: Store) -> None:
    secret = add_key(store=store)
    keys = ApiKeyStore.of(store)
    with heard(store.table.client) as calls:
        for seconds in (0, 1, 19.9):
            assert keys.find(secret, NOW + timedelta(seconds=seconds))
    assert names_of(calls) == ["GetItem"]
    with heard(store.table.client) as calls:
        keys.find(secret, NOW + CACHE_TTL)
        keys.find(secret, NOW)  # The clock went back.
        keys.find(secret, NOW, max_age=timedelta(0))
    assert names_of(calls) == ["GetItem"] * 3


def test_a_key_that_is_not_there_is_not_remembered_as_such(store: Store) -> None:
    secret = add_key(store=store)
    other = add_key(store=store)
    key_id = access.key_id(secret)
    keys = ApiKeyStore.of(store)
    assert keys.find(other[:-1] + "-", NOW) is None
    assert (key := keys.find(secret, NOW))
    assert key.id == key_id


def test_another_secret_with_the_same_id_is_refused(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret, other = add_key(store=store), add_key(store=store)
    found = access.key_id(secret)
    monkeypatch.setattr(access, "key_id", lambda _: found)
    keys = ApiKeyStore.of(store)
    assert keys.find(secret, NOW)
    assert keys.find(other, NOW) is None
    assert keys.find(other, NOW, max_age=timedelta(0)) is None


@pytest.mark.parametrize("reads_before", [0, 1])
def test_a_key_ends_at_its_time_wherever_it_is_known(store: Store, reads_before: int) -> None:
    secret = add_key(store=store, expires=NOW)
    before = NOW - timedelta(microseconds=1)
    assert all(ApiKeyStore.of(store).find(secret, before) for _ in range(reads_before))
    assert ApiKeyStore.of(store).find(secret, NOW) is None


def test_a_revoked_key_ends_within_a_minute_in_other_processes(
    store: Store, dynamodb: DynamoDB
) -> None:
    secret = add_key(store=store)
    elsewhere = Store(Table(dynamodb.client, dynamodb.table), shards=2)
    assert ApiKeyStore.of(elsewhere).find(secret, NOW)
    api_keys.revoke(store, access.key_id(secret), NOW)
    assert ApiKeyStore.of(store).find(secret, NOW) is None
    assert ApiKeyStore.of(elsewhere).find(secret, NOW + CACHE_TTL) is None
    assert timedelta(minutes=1) > CACHE_TTL + AT_API_GATEWAY


def test_a_key_is_revoked_once_and_listed_for_some_time(store: Store, dynamodb: DynamoDB) -> None:
    secret = add_key(store=store)
    for hours in (0, 1):
        api_keys.revoke(store, access.key_id(secret), NOW + timedelta(hours=hours))
    (key,) = api_keys.find(store)
    assert (key.revoked, key.name) == (NOW, "etl")
    (item,) = scan(dynamodb)
    assert int(item["expires_at"]["N"]) == int((NOW + KEPT_AFTER_END).timestamp())


def test_a_key_that_is_not_there_can_not_be_revoked(store: Store) -> None:
    with pytest.raises(NotFound):
        api_keys.revoke(store, access.key_id("rl_"), NOW)
    assert api_keys.find(store) == []


def test_the_hour_of_a_use_is_written_once(store: Store, dynamodb: DynamoDB) -> None:
    secret = add_key(store=store)
    elsewhere = Store(Table(dynamodb.client, dynamodb.table), shards=2)
    with heard(store.table.client) as calls:
        for minutes in range(25):  # until 12:59
            api_keys.admit_caller(store, secret, NOW + timedelta(minutes=minutes))
            api_keys.admit_caller(elsewhere, secret, NOW + timedelta(minutes=minutes))
    assert names_of(calls).count("UpdateItem") == 1
    assert [key.last_used for key in api_keys.find(store)] == [hour_of(NOW)]
    with heard(store.table.client) as calls:
        api_keys.admit_caller(store, secret, NOW + timedelta(minutes=26))
    assert names_of(calls).count("UpdateItem") == 1
    assert [key.last_used for key in api_keys.find(store)] == [hour_of(NOW) + timedelta(hours=1)]


@pytest.mark.usefixtures("_no_pauses")
@pytest.mark.parametrize("fault", FAULTS)
def test_a_use_that_could_not_be_noted_is_a_use(store: Store, fault: str) -> None:
    secret = add_key(store=store)
    with broken(store.table.client, FAULTS[fault], first=1):
        caller = api_keys.admit_caller(store, secret, NOW)
    assert caller
    assert caller.name == "etl"


def test_who_notes_a_use_does_not_wait_for_a_slow_table(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = add_key(store=store)
    is_over, write = threading.Event(), Table.write

    def slow(table: Table, *writes: object) -> None:
        is_over.wait(10)
        write(table, *writes)  # type: ignore[arg-type]

    monkeypatch.setattr(Table, "write", slow)
    assert api_keys.admit_caller(store, secret, NOW)
    assert not is_over.is_set()
    is_over.set()
    wait_until(lambda: api_keys.find(store)[0].last_used == hour_of(NOW))


def test_revoking_and_using_at_once_leave_a_revoked_key(store: Store) -> None:
    secrets = [add_key(store=store) for _ in range(8)]

    def use(secret: str) -> None:
        for hour in range(3):
            api_keys.admit_caller(store, secret, NOW + timedelta(hours=hour), max_age=timedelta(0))

    def revoke(secret: str) -> None:
        api_keys.revoke(store, access.key_id(secret), NOW + timedelta(hours=1))

    threads = [threading.Thread(target=act, args=(s,)) for s in secrets for act in (use, revoke)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(key.revoked for key in api_keys.find(store))
    later = NOW + timedelta(hours=2)
    found = [ApiKeyStore.of(store).find(s, later, max_age=timedelta(0)) for s in secrets]
    assert found == [None] * 8
