from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from runledger.domain.blocks import block_documents
from runledger.domain.blocks.block_documents import (
    BLOCK_DOCUMENTS,
    BlockDocumentSort,
    DocumentAssembler,
    DocumentChanges,
    DocumentReference,
    OpenDocument,
    StoredBlockDocument,
    divided,
    in_order,
    reaches,
)
from runledger.domain.blocks.block_schemas import BLOCK_SCHEMAS, BlockSchema, StoredBlockSchema
from runledger.domain.blocks.block_types import (
    BLOCK_TYPES,
    BlockType,
    checked_document_name,
    checked_slug,
    is_reserved,
)
from runledger.domain.errors import Rejected, TooLarge
from runledger.domain.filters.blocks import (
    BlockDocumentFilter,
    BlockSchemaFilter,
    BlockTypeFilter,
)

AT = datetime(2026, 1, 1, tzinfo=UTC)
TYPE = BlockType(id=uuid4(), created=AT, updated=AT, name="Database", slug="database")
SCHEMA = BlockSchema(
    id=uuid4(),
    created=AT,
    updated=AT,
    checksum="sha256:1",
    fields={"secret_fields": ["password"]},
    block_type_id=TYPE.id,
    block_type=TYPE,
    capabilities=(),
    version="1",
)


def document(name: str = "a", *, age: int = 0, of: str = "Database", **fields: Any) -> Any:  # noqa: ANN401
    return StoredBlockDocument(
        id=uuid4(),
        created=AT - timedelta(days=age),
        updated=AT,
        name=name,
        sealed="",
        block_schema_id=SCHEMA.id,
        block_type_id=TYPE.id,
        block_type_name=of,
        **fields,
    )


@pytest.mark.parametrize(
    ("sort", "names"),
    [
        (BlockDocumentSort.NAME_ASC, ["a/X", "b/W old", "b/W", "c/X"]),
        (BlockDocumentSort.NAME_DESC, ["c/X", "b/W old", "b/W", "a/X"]),
        (BlockDocumentSort.BLOCK_TYPE_AND_NAME_ASC, ["b/W old", "b/W", "a/X", "c/X"]),
    ],
)
def test_documents_are_ordered(sort: BlockDocumentSort, names: list[str]) -> None:
    found = {
        "b/W": document("b", of="W"),
        "c/X": document("c", of="X"),
        "b/W old": document("b", of="W", age=1),
        "a/X": document("a", of="X"),
    }
    named = {one.id: name for name, one in found.items()}
    assert [named[one.id] for one in in_order(found.values(), sort)] == names


def test_references_at_the_top_are_divided_from_the_data() -> None:
    inside = uuid4()
    reference = {"$ref": {"block_document_id": str(inside)}, "beside": 1}
    data = {"a": 1, "r": reference, "deeper": {"r": reference}, "list": [reference]}
    plain, references = divided(data)
    assert plain == {key: value for key, value in data.items() if key != "r"}
    assert references == (DocumentReference(name="r", document_id=inside),)


@pytest.mark.parametrize("given", [3, {}, {"block_document_id": None}, {"block_document_id": "x"}])
def test_a_reference_without_an_id_is_refused(given: object) -> None:
    with pytest.raises(Rejected, match=r"block_document_id in key a|block_document_id in key"):
        divided({"a": {"$ref": given}})


@pytest.mark.parametrize(
    ("sent", "merges", "data"),
    [
        ({"b": 2}, True, {"a": 1, "password": "x", "b": 2}),
        ({"b": 2, "password": "********"}, False, {"b": 2, "password": "x"}),
        (None, False, {}),
    ],
)
def test_an_update_is_merged_or_replaces_the_data(
    sent: dict[str, Any] | None,
    merges: bool,  # noqa: FBT001
    data: dict[str, Any],
) -> None:
    changes = DocumentChanges(sent, None, merges)
    assert changes.applied_to({"a": 1, "password": "x"}, [("password",)]) == data


def opened(data: dict[str, Any], *inside: tuple[str, UUID]) -> OpenDocument:
    references = tuple(DocumentReference(name=name, document_id=each) for name, each in inside)
    return OpenDocument(document(references=references), data, SCHEMA, TYPE)


def test_a_document_has_the_data_of_those_inside_at_any_depth() -> None:
    deep = opened({"password": "deep"})
    inner = opened({"password": "inner"}, ("deep", deep.stored.id))
    outer = opened({"password": "p"}, ("in", inner.stored.id), ("gone", uuid4()))
    known = {one.stored.id: one for one in (deep, inner, outer)}

    hidden = DocumentAssembler(known, include_secrets=False).whole(outer.stored.id)
    shown = DocumentAssembler(known, include_secrets=True).whole(outer.stored.id)

    stars = {"password": "********"}
    assert hidden.data == {**stars, "in": {**stars, "deep": stars}}
    assert shown.data == {
        "password": "p",
        "in": {"password": "inner", "deep": {"password": "deep"}},
    }
    assert outer.data == {"password": "p"}
    reference = shown.block_document_references["in"]["block_document"]
    assert (reference["id"], reference["block_type"]) == (inner.stored.id, TYPE)
    below = reference["block_document_references"]["deep"]["block_document"]
    assert below["id"] == deep.stored.id


def test_documents_in_a_circle_are_returned_once() -> None:
    first, second = opened({"a": 1}), opened({"b": 2})
    around = [(first, second), (second, first)]
    known = {one.stored.id: opened(one.data, ("next", other.stored.id)) for one, other in around}
    known = {key: one._replace(stored=one.stored.replace(id=key)) for key, one in known.items()}
    whole = DocumentAssembler(known, include_secrets=True).whole(first.stored.id)
    assert whole.data == {"a": 1, "next": {"b": 2}}


def test_a_document_with_too_many_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(block_documents, "MAX_INSIDE", 3)
    leaf = opened({})
    twice = [opened({}, ("a", leaf.stored.id), ("b", leaf.stored.id))]
    outer = opened({}, ("a", twice[0].stored.id), ("b", twice[0].stored.id))
    known = {one.stored.id: one for one in (leaf, *twice, outer)}
    with pytest.raises(TooLarge):
        DocumentAssembler(known, include_secrets=True).whole(outer.stored.id)


def test_references_are_followed() -> None:
    a, b, c, d = (uuid4() for _ in range(4))
    references = {a: [b], b: [c, b], c: [a]}
    assert reaches(a, a, {})
    assert reaches(a, c, references)
    assert not reaches(a, d, references)


def test_texts_of_a_type_are_stored_as_html_and_compared_without() -> None:
    stored = TYPE.replace(description='a <b> & "c"', code_example="x<y").with_html()
    assert (stored.description, stored.code_example) == ('a &lt;b&gt; &amp; "c"', "x&lt;y")
    same = {"description": 'a <b> & "c"', "code_example": "x<y"}
    assert stored.is_changed_by(same)  # the reference wants all fields
    assert not stored.is_changed_by(same | {"logo_url": None, "documentation_url": None})


@pytest.mark.parametrize("name", ["Prefect x", "PREFECT"])
def test_names_that_the_reference_keeps_are_known(name: str) -> None:
    assert is_reserved(name)
    assert not is_reserved(f"my {name}")


@pytest.mark.parametrize("check", [checked_slug, checked_document_name])
def test_slugs_and_names_are_fit_for_urls(check: Any) -> None:  # noqa: ANN401
    assert check("a-1") == "a-1"
    with pytest.raises(ValueError, match="must only contain lowercase letters"):
        check("A_b")


def test_what_is_unique_is_named_in_errors() -> None:
    stored = StoredBlockSchema.model_validate(
        SCHEMA.model_dump(exclude={"block_type"}) | {"references": ()}
    )
    assert BLOCK_TYPES.unique(TYPE) == ("database",)
    assert BLOCK_TYPES.taken(TYPE) == 'Block type with name "Database" already exists'
    assert BLOCK_SCHEMAS.unique(stored) == ("sha256:1", "1")
    assert "sha256:1" in BLOCK_SCHEMAS.taken(stored)
    assert BLOCK_DOCUMENTS.unique(one := document()) == (str(one.block_type_id), "a")
    assert BLOCK_DOCUMENTS.taken(one) == "Block already exists"


@pytest.mark.parametrize(
    ("given", "matches"),
    [
        ({}, True),
        ({"name": {"like_": "TAB"}}, True),
        ({"name": {"like_": "x"}}, False),
        ({"slug": {"any_": ["x"]}, "name": {}}, False),
    ],
)
def test_types_are_filtered(given: dict[str, Any], matches: bool) -> None:  # noqa: FBT001
    assert BlockTypeFilter.model_validate(given).test(TYPE) is matches


def test_schemas_are_filtered_by_capabilities() -> None:
    stored = StoredBlockSchema.model_validate(
        SCHEMA.model_dump(exclude={"block_type"}) | {"capabilities": ("read", "write")}
    )
    for wanted, matches in ((["read"], True), (["read", "x"], False), ([], True)):
        given = {"block_capabilities": {"all_": wanted}}
        assert BlockSchemaFilter.model_validate(given).test(stored) is matches


def test_anonymous_documents_are_left_out_unless_they_are_asked_for() -> None:
    found = [document("a"), document("b", is_anonymous=True)]
    cases: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["a"]),
        ({"is_anonymous": None}, ["a", "b"]),
        ({"is_anonymous": {"eq_": True}}, ["b"]),
        ({"operator": "or_", "name": {"like_": "B"}}, ["a", "b"]),
    ]
    for given, names in cases:
        test = BlockDocumentFilter.model_validate(given).test
        assert [one.name for one in found if test(one)] == names
