"""The latest artifact of a key is one that exists, whoever races whom, and whichever call fails."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

import httpx
import pytest

from runledger.store.schema import keys
from tests.store.support.asking import Asked, Asking, Site, ask, ask_at_once, made, persist
from tests.store.support.calls import FAULTS, broken, heard
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB

RACERS = 32


def new(data: object = None, **fields: object) -> Asked:
    return Asked("POST", "/artifacts/", {"key": "k", "data": data, **fields})


def change(artifact: Mapping[str, Any], data: object = "changed") -> Asked:
    return Asked("PATCH", f"/artifacts/{artifact['id']}", {"data": data})


def removal(artifact: Mapping[str, Any]) -> Asked:
    return Asked("DELETE", f"/artifacts/{artifact['id']}")


def statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def whole(api: httpx.Client, database: DynamoDB) -> list[object]:
    """Return the data of all artifacts, newest first, having checked what leads to them."""
    order = {"sort": "CREATED_DESC"}
    every = api.post("/artifacts/filter", json=order).raise_for_status().json()
    table = scan(database)
    found = [UUID(one["id"]) for one in every]
    pointers = [UUID(item["points_to"]) for item in table.values() if "points_to" in item]
    assert sorted(pointers) == sorted(found)
    assert {keys.artifact(one) for one in found} == {
        key for key in table if keys.is_of(key, keys.ARTIFACT)
    }
    latest = api.post("/artifacts/latest/filter", json={}).raise_for_status().json()
    assert len(latest) == min(len(every), 1)
    for one in latest:
        content = api.get(f"/artifacts/{one['latest_id']}").raise_for_status().json()
        by_key = api.get("/artifacts/k/latest").raise_for_status().json()
        for field in ("data", "updated", "key"):
            assert one[field] == content[field] == by_key[field]
    assert not latest or latest[0]["latest_id"] in {one["id"] for one in every}
    return [one["data"] for one in every]


def test_all_who_create_artifacts_of_a_key_do_and_one_is_the_latest(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    answers = ask_at_once(api_on_dynoxide, [new(number) for number in range(RACERS)])
    assert statuses(answers) == {201: RACERS}
    assert set(whole(api_on_dynoxide, on_dynoxide)) == set(range(RACERS))


def test_whoever_creates_changes_and_deletes_the_latest_is_one_that_exists(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    some = [made(api_on_dynoxide, new(number)) for number in range(8)]
    racing = [removal(one) for one in some[:1] + some[3:]] + [change(one) for one in some]
    answers = ask_at_once(api_on_dynoxide, [*racing, new("new"), removal(some[7])])
    assert statuses(answers).keys() <= {201, 204, 404}
    left = whole(api_on_dynoxide, on_dynoxide)
    assert left[0] == "new"
    assert left[1:] == ["changed", "changed"]


def test_the_one_before_follows_until_there_is_none(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    some = [made(api_on_dynoxide, new(number)) for number in range(3)]
    racing = [removal(some[2]), removal(some[1]), change(some[0])]
    assert statuses(ask_at_once(api_on_dynoxide, racing)) == {204: 3}
    assert whole(api_on_dynoxide, on_dynoxide) == ["changed"]
    assert ask(api_on_dynoxide, removal(some[0])).status_code == 204
    assert whole(api_on_dynoxide, on_dynoxide) == []
    assert scan(on_dynoxide) == {}


def create(api: httpx.Client) -> Asked:
    made(api, new("old"))
    return new("new")


def change_latest(api: httpx.Client) -> Asked:
    return change(made(api, create(api)))


def delete_latest(api: httpx.Client) -> Asked:
    return removal(made(api, create(api)))


TRANSACT = "TransactWriteItems"
CALLS: dict[Asking, list[str]] = {
    create: ["GetItem", TRANSACT],
    change_latest: ["GetItem", "GetItem", TRANSACT],
    delete_latest: ["GetItem", "GetItem", "Query", "GetItem", TRANSACT],
}
OUTCOMES: dict[Asking, list[list[object]]] = {
    # A repeated creation makes another one, as on the reference.
    create: [["new", "old"], ["new", "new", "old"]],
    change_latest: [["changed", "old"]],
    delete_latest: [["old"]],
}
STEPS = [(operation, call) for operation, calls in CALLS.items() for call in range(len(calls))]


@pytest.mark.parametrize(("operation", "call"), STEPS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("_no_pauses")
def test_whichever_call_fails_all_is_whole_and_can_be_repeated(
    site_on_dynoxide: Site, operation: Asking, call: int, fault: str
) -> None:
    api, database, client = site_on_dynoxide
    asked = operation(api)
    before = whole(api, database)
    with broken(client, FAULTS[fault], first=call):
        assert ask(api, asked).status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert whole(api, database) in [before, *OUTCOMES[operation]]
    with heard(client) as calls:
        assert persist(api, asked).status_code in {201, 204, 404}
    assert calls[0][0] == CALLS[operation][0]
    assert whole(api, database) in OUTCOMES[operation]
