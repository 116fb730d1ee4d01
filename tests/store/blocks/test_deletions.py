"""Nothing is left of a type or a schema of blocks, whoever creates in it while it is deleted."""

from collections.abc import Callable, Iterator
from functools import partial

import httpx
import pytest

from tests.functions.blocks.blocking import create, find, new_schema, new_type, placed
from tests.store.support.asking import Asked, Site, ask, ask_at_once, persist
from tests.store.support.calls import heard, preceded
from tests.store.support.contents import scan
from tests.support.databases import DynamoDB

CREATORS = 8
ALL = {"block_documents": {"is_anonymous": None}}

# From a schema to requests by which something of it, or of its type, comes to be.
Creations = Callable[[dict[str, str]], Iterator[Asked]]


def documents(of: dict[str, str]) -> Iterator[Asked]:
    yield from (
        Asked("POST", "/block_documents/", {"name": f"d{number}", "data": {}, **of})
        for number in range(CREATORS)
    )


def schemas(of: dict[str, str]) -> Iterator[Asked]:
    yield from (
        Asked(
            "POST",
            "/block_schemas/",
            {"block_type_id": of["block_type_id"], "fields": {"n": number}},
        )
        for number in range(CREATORS)
    )


def removal(noun: str, of: dict[str, str]) -> Asked:
    one = noun.removesuffix("s")
    return Asked("DELETE", f"/{noun}/{of[f'{one}_id']}")


def a_schema_with_a_document(api: httpx.Client) -> dict[str, str]:
    of = placed(new_schema(api, new_type(api)))
    create(api, "block_documents", name="first", data={}, **of)
    return of


def note_status(statuses: list[int], api: httpx.Client, asked: Asked) -> None:
    statuses.append(ask(api, asked).status_code)


def assert_no_orphan(api: httpx.Client, database: DynamoDB) -> None:
    """All items are those of documents, schemas and types that are found, and their claims."""
    nouns = ("block_types", "block_schemas", "block_documents")
    shown = [one for noun in nouns for one in find(api, noun, **(ALL if noun == nouns[2] else {}))]
    assert len(scan(database)) == 2 * len(shown)


CASES = [
    ("block_types", documents),
    ("block_types", schemas),
    ("block_schemas", documents),
]
each_case = pytest.mark.parametrize(("noun", "creations"), CASES)


@each_case
def test_who_creates_right_before_a_call_of_the_deletion_leaves_nothing(
    site_on_dynoxide: Site, noun: str, creations: Creations
) -> None:
    api, database, client = site_on_dynoxide
    of = a_schema_with_a_document(api)
    with heard(client) as calls:
        assert ask(api, removal(noun, of)).status_code == 204
    ask(api, removal("block_types", of))
    created = 0
    for call in range(len(calls)):
        of = a_schema_with_a_document(api)
        statuses = list[int]()
        act = partial(note_status, statuses, api, next(creations(of)))
        with preceded(client, call, act):
            assert ask(api, removal(noun, of)).status_code == 204
        created += statuses == [201]
        assert_no_orphan(api, database)
        ask(api, removal("block_types", of))
        assert scan(database) == {}
    assert created > 2


@each_case
def test_who_deletes_right_before_a_call_of_the_creation_leaves_nothing(
    site_on_dynoxide: Site, noun: str, creations: Creations
) -> None:
    api, database, client = site_on_dynoxide
    of = a_schema_with_a_document(api)
    with heard(client) as calls:
        assert ask(api, next(creations(of))).status_code == 201
    ask(api, removal("block_types", of))
    for call in range(len(calls)):
        of = a_schema_with_a_document(api)
        with preceded(client, call, partial(ask, api, removal(noun, of))):
            assert ask(api, next(creations(of))).status_code in {201, 404, 409}
        assert_no_orphan(api, database)
        ask(api, removal("block_types", of))


@each_case
def test_of_a_deletion_among_creators_nothing_is_left_but_what_is_shown(
    api_on_dynoxide: httpx.Client, on_dynoxide: DynamoDB, noun: str, creations: Creations
) -> None:
    of = a_schema_with_a_document(api_on_dynoxide)
    racing = [*creations(of), removal(noun, of)]
    answers = ask_at_once(api_on_dynoxide, racing)
    assert {answer.status_code for answer in answers} <= {201, 204, 404, 409, 503}
    assert persist(api_on_dynoxide, racing[-1]).status_code in {204, 404}
    assert_no_orphan(api_on_dynoxide, on_dynoxide)


def test_a_document_that_moves_into_a_schema_goes_with_it(site_on_dynoxide: Site) -> None:
    api, database, client = site_on_dynoxide
    of = a_schema_with_a_document(api)
    (document,) = find(api, "block_documents")
    other = new_schema(api, of["block_type_id"], other=1)
    deletion = removal("block_schemas", placed(other))
    with heard(client) as calls:
        assert ask(api, deletion).status_code == 204
    for call in range(len(calls)):
        other = new_schema(api, of["block_type_id"], other=1)
        deletion = removal("block_schemas", placed(other))
        if not find(api, "block_documents"):
            document = create(api, "block_documents", name="again", data={}, **of)
        path = f"/block_documents/{document['id']}"
        move = Asked("PATCH", path, {"data": {}, "block_schema_id": other["id"]})
        with preceded(client, call, partial(ask, api, move)):
            assert ask(api, deletion).status_code in {204, 404}
        assert_no_orphan(api, database)
