"""One document for each name, whoever races whom, and whichever call fails."""

from collections import Counter
from collections.abc import Sequence
from uuid import UUID

import httpx
import pytest

from runledger.domain.named_documents.variables import VARIABLES
from runledger.store.schema import keys
from tests.store.support.asking import Asked, Asking, Site, ask, ask_at_once, made, persist
from tests.store.support.calls import FAULTS, broken, heard, sent_twice
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB

RACERS = 64
DONE = {200, 201, 204}


def variable(name: str = "a", value: object = 1) -> Asked:
    return Asked("POST", "/variables/", {"name": name, "value": value})


def renamed(found: dict[str, str], name: str) -> Asked:
    return Asked("PATCH", f"/variables/{found['id']}", {"name": name})


def removed(found: dict[str, str]) -> Asked:
    return Asked("DELETE", f"/variables/{found['id']}")


def statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def names(database: DynamoDB, api: httpx.Client) -> list[str]:
    """Return the names of all variables, having checked that these have their claims alone."""
    listed = api.post("/variables/filter", json={}).raise_for_status().json()
    ids = {one["name"]: one["id"] for one in listed}
    claims = {keys.document_name("VARIABLE", [name]): ids[name] for name in ids}
    documents = dict.fromkeys(
        keys.document("VARIABLE", UUID(document_id), VARIABLES.partitions)
        for document_id in ids.values()
    )
    found = {key: item.get("points_to") for key, item in scan(database).items()}
    assert found == claims | documents
    return list(ids)


def test_of_64_creators_of_a_name_one_creates_it(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    answers = ask_at_once(api_on_dynoxide, [variable(value=n) for n in range(RACERS)])
    assert statuses(answers) == {201: 1, 409: RACERS - 1}
    assert names(on_dynoxide, api_on_dynoxide) == ["a"]


def test_of_those_who_take_a_name_one_has_it_and_the_others_keep_theirs(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    found = [made(api_on_dynoxide, variable(f"v{number}")) for number in range(8)]
    gone = made(api_on_dynoxide, variable("gone"))
    racing = [renamed(one, "a") for one in found] + [variable()] * 2
    racing += [removed(gone), renamed(gone, "z")] * 2
    assert statuses(ask_at_once(api_on_dynoxide, racing)).keys() <= {201, 204, 404, 409}
    left = names(on_dynoxide, api_on_dynoxide)
    assert left.count("a") == 1
    assert "gone" not in left
    assert len(left) in {8, 9}  # the name is one of theirs, or a new variable's


def create(_: httpx.Client) -> Asked:
    return variable()


def rename(api: httpx.Client) -> Asked:
    return renamed(made(api, variable("old")), "a")


def revalue(api: httpx.Client) -> Asked:
    made(api, variable())
    return Asked("PATCH", "/variables/name/a", {"value": 2})


def delete(api: httpx.Client) -> Asked:
    return removed(made(api, variable()))


TRANSACT = "TransactWriteItems"

# What each asks DynamoDB, in order, and the names that there are before and afterwards.
CALLS: dict[Asking, list[str]] = {
    create: [TRANSACT],
    rename: ["GetItem", TRANSACT],
    revalue: ["GetItem", "GetItem", "PutItem"],
    delete: ["GetItem", TRANSACT],
}
BEFORE_AND_AFTER: dict[Asking, tuple[list[str], list[str]]] = {
    create: ([], ["a"]),
    rename: (["old"], ["a"]),
    revalue: (["a"], ["a"]),
    delete: (["a"], []),
}
STEPS = [(operation, call) for operation, calls in CALLS.items() for call in range(len(calls))]
each_step = pytest.mark.parametrize(("operation", "call"), STEPS)


@each_step
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("_no_pauses")
def test_whichever_call_fails_it_is_done_whole_or_not_at_all_and_can_be_repeated(
    site_on_dynoxide: Site, operation: Asking, call: int, fault: str
) -> None:
    api, database, client = site_on_dynoxide
    asked = operation(api)
    with broken(client, FAULTS[fault], first=call):
        assert ask(api, asked).status_code == httpx.codes.SERVICE_UNAVAILABLE
    assert names(database, api) in BEFORE_AND_AFTER[operation]
    assert persist(api, asked).status_code in DONE | {404, 409}
    assert names(database, api) == BEFORE_AND_AFTER[operation][1]


@each_step
def test_a_call_that_is_sent_twice_is_done_once(
    site_on_dynoxide: Site, operation: Asking, call: int
) -> None:
    api, database, client = site_on_dynoxide
    asked = operation(api)
    with heard(client) as calls, sent_twice(client, call=call):
        assert ask(api, asked).status_code in DONE
    assert [name for name, _ in calls] == CALLS[operation]
    assert names(database, api) == BEFORE_AND_AFTER[operation][1]
