"""One block for each name and one schema for each checksum, whoever races and whatever fails."""

from collections import Counter
from collections.abc import Sequence

import httpx
import pytest

from tests.functions.blocks.blocking import (
    create,
    find,
    new_schema,
    new_type,
    placed,
    reference_to,
)
from tests.store.support.asking import Asked, Asking, Site, ask, ask_at_once, persist
from tests.store.support.calls import FAULTS, broken
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB

RACERS = 64
ALL = {"block_documents": {"is_anonymous": None}, "include_secrets": True}
DONE = {200, 201, 204}


def statuses(answers: Sequence[httpx.Response]) -> dict[int, int]:
    return dict(Counter(answer.status_code for answer in answers))


def amounts(api: httpx.Client, database: DynamoDB) -> tuple[int, int, int]:
    """Count types, schemas and documents, having checked that each has its claim, and no more."""
    found = [find(api, noun) for noun in ("block_types", "block_schemas")]
    found.append(find(api, "block_documents", **ALL))
    pointers = [item["points_to"] for item in scan(database).values() if "points_to" in item]
    ids = [str(one["id"]) for each in found for one in each]
    assert sorted(pointers) == sorted(ids)
    return len(found[0]), len(found[1]), len(found[2])


def test_of_64_creators_one_creates_a_type_a_schema_and_a_document(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB
) -> None:
    api = api_on_dynoxide
    one_type = Asked("POST", "/block_types/", {"name": "t", "slug": "t"})
    assert statuses(ask_at_once(api, [one_type] * RACERS)) == {201: 1, 409: RACERS - 1}
    type_id = find(api, "block_types")[0]["id"]
    one_schema = Asked("POST", "/block_schemas/", {"block_type_id": type_id, "fields": {"a": 1}})
    answers = ask_at_once(api, [one_schema] * RACERS)
    assert statuses(answers) == {201: 1, 200: RACERS - 1}
    assert len({answer.json()["id"] for answer in answers}) == 1
    body = {"name": "d", **placed(answers[0].json())}
    one_document = [
        Asked("POST", "/block_documents/", body | {"data": {"n": n}}) for n in range(RACERS)
    ]
    assert statuses(ask_at_once(api, one_document)) == {201: 1, 409: RACERS - 1}
    assert amounts(api, on_dynoxide) == (1, 1, 1)


def test_updates_at_once_lose_nothing(api_on_dynoxide: httpx.Client) -> None:
    api = api_on_dynoxide
    schema = new_schema(api, new_type(api))
    document = create(api, "block_documents", name="d", **placed(schema))
    path = f"/block_documents/{document['id']}"
    updates = [Asked("PATCH", path, {"data": {str(number): number}}) for number in range(8)]
    assert statuses(ask_at_once(api, updates)) == {204: 8}
    assert api.get(path).json()["data"] == {str(number): number for number in range(8)}


def save_schema_with_one_inside(api: httpx.Client) -> Asked:
    inner, outer = (new_type(api, slug) for slug in ("inner", "outer"))
    fields = {
        "title": "Outer",
        "properties": {"i": {"$ref": "#/definitions/Inner"}},
        "definitions": {"Inner": {"title": "Inner", "block_type_slug": "inner"}},
        "block_schema_references": {
            "i": {"block_type_slug": "inner", "block_schema_checksum": "sha256:?"}
        },
    }
    assert inner
    return Asked("POST", "/block_schemas/", {"block_type_id": outer, "fields": fields})


def save_document_with_one_inside(api: httpx.Client) -> Asked:
    schema = new_schema(api, new_type(api))
    inner = create(api, "block_documents", name="in", **placed(schema))
    data = {"a": 1, "inside": reference_to(inner)}
    return Asked("POST", "/block_documents/", {"name": "out", "data": data, **placed(schema)})


def update_document_with_one_inside(api: httpx.Client) -> Asked:
    outer = create(api, "block_documents", **save_document_with_one_inside(api).body)
    inside = outer["block_document_references"]["inside"]["block_document"]
    data = {"b": 2, "inside": reference_to(inside), "again": reference_to(inside)}
    return Asked("PATCH", f"/block_documents/{outer['id']}", {"data": data})


def delete_type_of_documents(api: httpx.Client) -> Asked:
    body = save_document_with_one_inside(api).body
    create(api, "block_documents", **body)
    return Asked("DELETE", f"/block_types/{body['block_type_id']}")


# The amounts before, on the way and afterwards.
AMOUNTS: dict[Asking, list[tuple[int, int, int]]] = {
    save_schema_with_one_inside: [(2, 0, 0), (2, 1, 0), (2, 2, 0)],
    save_document_with_one_inside: [(1, 1, 1), (1, 1, 2)],
    update_document_with_one_inside: [(1, 1, 2)],
    delete_type_of_documents: [(1, 1, 2), (1, 1, 1), (1, 1, 0), (1, 0, 0), (0, 0, 0)],
}
BEFORE = {
    update_document_with_one_inside: {"a": 1, "inside": {}},
    save_document_with_one_inside: None,
}
AFTER = {
    update_document_with_one_inside: {"a": 1, "b": 2, "inside": {}, "again": {}},
    save_document_with_one_inside: {"a": 1, "inside": {}},
}


def outer_data(api: httpx.Client) -> object:
    """Return the data of the document around, if there is one."""
    found = find(api, "block_documents", block_documents={"name": {"any_": ["out"]}})
    return found[0]["data"] if found else None


@pytest.mark.parametrize("operation", AMOUNTS)
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.usefixtures("_no_pauses")
def test_a_save_that_is_cut_off_at_any_call_leaves_whole_blocks_and_can_be_repeated(
    site_on_dynoxide: Site, operation: Asking, fault: str
) -> None:
    api, database, client = site_on_dynoxide
    asked = operation(api)
    for call in range(20):
        with broken(client, FAULTS[fault], first=call):
            answer = ask(api, asked)
        assert amounts(api, database) in AMOUNTS[operation]
        if operation in AFTER:
            assert outer_data(api) in (BEFORE[operation], AFTER[operation])
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            break
    assert call > 3
    assert persist(api, asked).status_code in DONE | {404, 409}
    assert amounts(api, database) == AMOUNTS[operation][-1]
    if operation in AFTER:
        assert outer_data(api) == AFTER[operation]
