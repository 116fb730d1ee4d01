import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from runledger.domain.blocks.block_schemas import (
    ReferenceRequest,
    SchemaAssembler,
    SchemaReference,
    StoredBlockSchema,
    checksum_of,
    fields_as_sent,
    fields_of_child,
    requested_references,
    stored_fields,
)
from runledger.domain.blocks.block_types import BlockType
from runledger.domain.errors import Invalid

AT = datetime(2026, 1, 1, tzinfo=UTC)
# What the reference answered to schemas of our own, such as "checksum, fields".
CHECKSUMS = json.loads(Path(__file__).with_name("checksums.json").read_text("utf-8"))

TYPES = {
    block_type.id: block_type
    for block_type in (
        BlockType(id=uuid4(), created=AT, updated=AT, name=slug, slug=slug)
        for slug in ("inner", "outer")
    )
}
INNER, OUTER = TYPES
PLAIN = {"Plain": {"type": "object", "of": {"$ref": "#/definitions/Deep"}}, "Deep": {"type": "x"}}
BLOCK = {"Inner": {"title": "Inner", "block_type_slug": "inner"}}


@pytest.mark.parametrize(("checksum", "fields"), CHECKSUMS)
def test_a_checksum_is_the_references(checksum: str, fields: dict[str, Any]) -> None:
    assert checksum_of(fields) == checksum


def test_definitions_that_refer_to_each_other_have_a_checksum() -> None:
    circle = {"A": {"b": {"$ref": "#/definitions/B"}}, "B": {"a": {"$ref": "#/definitions/A"}}}
    fields = {"of": [{"$ref": "#/definitions/A"}], "definitions": circle}
    assert stored_fields(fields) == fields
    assert checksum_of(fields) != checksum_of({"of": [{"$ref": "#/definitions/A"}]})


@pytest.mark.parametrize(
    ("definitions", "kept"),
    [
        (PLAIN, {"definitions": PLAIN}),
        (BLOCK, {}),
        ({**PLAIN, **BLOCK}, {"definitions": PLAIN}),
        ({}, {"definitions": {}}),
        (3, {}),
    ],
)
def test_definitions_of_blocks_are_not_stored(definitions: object, kept: dict[str, Any]) -> None:
    properties = {name: {"$ref": f"#/definitions/{name}"} for name in ("Plain", "Inner")}
    fields = {"properties": properties, "definitions": definitions, "block_schema_references": {}}
    assert stored_fields(fields) == {"properties": properties, **kept}
    assert fields_as_sent(fields) == fields
    assert fields_as_sent({"b": 1}) == {"b": 1, "block_schema_references": {}}


@pytest.mark.parametrize(
    "references", [3, [1], {"x": 3}, {"x": {}}, {"x": [{"block_type_slug": "a"}]}]
)
def test_a_malformed_reference_is_refused(references: object) -> None:
    with pytest.raises(Invalid):
        list(requested_references({"block_schema_references": references}))


def test_a_field_refers_to_one_schema_or_to_several() -> None:
    one = {"block_type_slug": "inner", "block_schema_checksum": "sha256:1"}
    request = ReferenceRequest("a", "inner", "sha256:1")
    assert list(requested_references({})) == []
    assert list(requested_references({"block_schema_references": {"a": one}})) == [request]
    several = {"block_schema_references": {"a": [one, one]}}
    assert list(requested_references(several)) == [request, request]


@pytest.mark.parametrize(
    ("property_", "found"),
    [
        ({"$ref": "#/definitions/Inner"}, "inner"),
        ({"anyOf": [{"$ref": "#/definitions/Other"}, {"$ref": "#/definitions/Inner"}]}, "inner"),
        ({"$ref": "#/definitions/Missing"}, None),
        ({}, None),
    ],
)
def test_a_schema_inside_is_found_in_the_definitions(
    property_: dict[str, Any], found: str | None
) -> None:
    definitions = {**BLOCK, "Other": {"title": "Other", "block_type_slug": "other"}}
    fields = {"properties": {"a": property_}, "definitions": definitions}
    child = fields_of_child(fields, ReferenceRequest("a", "inner", "sha256:1"))
    assert (child and child["block_type_slug"]) == found
    assert child is None or child["definitions"] == definitions


def test_without_definitions_there_is_no_schema_inside() -> None:
    wanted = ReferenceRequest("a", "inner", "sha256:1")
    assert fields_of_child({"definitions": BLOCK}, wanted) is None


def schema(
    block_type: UUID, checksum: str, *inside: tuple[str, StoredBlockSchema], **fields: object
) -> StoredBlockSchema:
    return StoredBlockSchema(
        id=uuid4(),
        created=AT,
        updated=AT,
        checksum=checksum,
        fields=fields,
        block_type_id=block_type,
        references=tuple(SchemaReference(name=name, schema_id=child.id) for name, child in inside),
    )


def test_a_schema_is_returned_with_those_inside_at_any_depth() -> None:
    deep = schema(INNER, "deep", title="Deep")
    untitled = schema(INNER, "untitled")
    inner = schema(INNER, "inner", ("d", deep), ("u", untitled), title="Inner", definitions=PLAIN)
    second = schema(OUTER, "second", title="Second")
    third = schema(OUTER, "third", title="Third")
    gone = schema(INNER, "gone", title="Gone")
    of_no_type = schema(uuid4(), "of no type", title="Nobody")
    inside = [("a", inner), ("b", inner), ("b", second), ("b", third), ("b", third), ("c", gone)]
    outer = schema(OUTER, "outer", *inside, ("n", of_no_type), title="Outer")
    known = {each.id: each for each in (deep, untitled, inner, second, third, outer, of_no_type)}

    whole = SchemaAssembler(known, TYPES).whole(outer)

    def reference(checksum: str, slug: str) -> dict[str, str]:
        return {"block_schema_checksum": checksum, "block_type_slug": slug}

    of_inner = reference("inner", "inner")
    several = [of_inner, reference("second", "outer"), reference("third", "outer")]
    assert whole.fields["block_schema_references"] == {"a": of_inner, "b": several}
    assert whole.fields["definitions"] == {
        **PLAIN,
        "Inner": {
            "title": "Inner",
            "block_schema_references": {
                "d": reference("deep", "inner"),
                "u": reference("untitled", "inner"),
            },
        },
        "Deep": {"title": "Deep", "block_schema_references": {}},
        "Second": {"title": "Second", "block_schema_references": {}},
        "Third": {"title": "Third", "block_schema_references": {}},
    }
    assert whole.block_type == TYPES[OUTER]
    assert outer.block_capabilities == ()
