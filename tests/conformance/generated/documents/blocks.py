"""Types, schemas and documents of blocks, as random programs send them."""

from collections.abc import Mapping
from random import Random

from tests.conformance.generated.documents.nouns import RandomNoun, Values
from tests.conformance.programs import RequestStep, delete, get, post, send, some_id
from tests.conformance.tables.documents import blocks
from tests.conformance.tables.documents.blocks import DOCUMENTS, SCHEMAS, TYPES

SLUGS = ("t-a", "t-b", "t-c", "t-d")
OF_TYPES = ("t1", "t2", "t3", "t4")
OF_SCHEMAS = ("s1", "s2", "s3", "s4")
OF_DOCUMENTS = ("d1", "d2", "d3", "d4")
NAMES = ("one", "two", "t-3")
CAPABILITIES: Values = ([], ["x"], ["x", "y"], ["y", "x"], ["get-directory"])
TO = {"$ref": {"block_document_id": "<kept.id>"}}
DATA: tuple[Mapping[str, object], ...] = (
    *({}, blocks.DATA, {"a": "new"}, {"i": TO}, {"deep": {"i": TO}, "a": "s"}, {"list": [TO]}),
    *({"b": {"c": 1, "k": [1, None]}}, {"d": {"q": "s", "r": {}}}, {"n": 0.5, "text": ""}),
)
HIDDEN: tuple[Mapping[str, object], ...] = (
    *({"a": blocks.STARS}, {"b": {"c": blocks.STARS}}, {"l": blocks.STARS, "n": blocks.STARS}),
)
FIELDS = tuple(one for one in blocks.SCHEMA_FIELDS if isinstance(one, dict))
CHECKED = ({"title": "T", "n": number} for number in range(3))
ANY_TYPE = {"any_": [f"<{label}.id>" for label in OF_TYPES[:3]]}

OF_TYPE = RandomNoun(
    path=f"{TYPES}/",
    labels=OF_TYPES[2:],
    bases=tuple({"name": slug, "slug": slug} for slug in SLUGS),
    optional={"description": ("d", "a <b>", None), "logo_url": ("http://x/y.png", None)},
    invalid={
        "slug": ("A", "a_b", "a b", None, 1, "é"),
        **{name: blocks.TYPE_FIELDS[name] for name in ("description", "code_example", "logo_url")},
    },
    changes={"description": ("new", "<d>", None), "code_example": ("y", "```x < y```")},
    places=(
        *(f"{TYPES}/<{label}.id>" for label in OF_TYPES),
        *(f"{TYPES}/slug/{slug}" for slug in SLUGS),
    ),
    removable=tuple(f"{TYPES}/<{label}.id>" for label in OF_TYPES[2:]),
    criteria={
        "block_types": {"name": ({"like_": "T-"}, {"like_": "b"}, {"like_": "t-_"})},
        "block_schemas": {"version": ({"any_": ["2"]},), "block_capabilities": ({"all_": ["x"]},)},
    },
    only={"block_types": {"slug": {"any_": SLUGS}}},
    lists=("filter",),
)
OF_SCHEMA = RandomNoun(
    path=f"{SCHEMAS}/",
    labels=OF_SCHEMAS,
    bases=tuple({"block_type_id": f"<{label}.id>"} for label in OF_TYPES),
    optional={
        "fields": (*FIELDS, *CHECKED, blocks.SECRETS),
        "capabilities": CAPABILITIES,
        "version": ("1", "2", "non-versioned"),
    },
    invalid={"fields": ([], None, "x"), "capabilities": ("x", [1], None), "version": (1, None)},
    changes={},
    places=(
        *(f"{SCHEMAS}/<{label}.id>" for label in OF_SCHEMAS),
        *(f"{SCHEMAS}/checksum/<{label}.checksum>" for label in OF_SCHEMAS),
        *(f"{SCHEMAS}/checksum/<{label}.checksum>?version=2" for label in OF_SCHEMAS),
    ),
    criteria={
        "block_schemas": {
            "version": ({"any_": ["2", "1"]}, {"any_": []}, {"any_": ["zz"]}),
            "block_capabilities": ({"all_": ["x", "y"]}, {"all_": ["y"]}, {"all_": []}),
            "id": ({"any_": ["<s1.id>", "<s2.id>"]},),
        },
    },
    only={"block_schemas": {"block_type_id": ANY_TYPE}},
    lists=("filter",),
)
OF_DOCUMENT = RandomNoun(
    path=f"{DOCUMENTS}/",
    labels=OF_DOCUMENTS,
    bases=tuple(
        {"block_type_id": f"<t{of}.id>", "block_schema_id": f"<of{of}.id>", "name": name}
        for of in (1, 2)
        for name in NAMES
    ),
    optional={"data": DATA, "is_anonymous": (False,)},
    invalid={
        "name": ("", "A", "a_b", "e" * 300, 1),
        "block_schema_id": ("<of1.id>", "<of2.id>"),
        "data": ([], "x", None),
        "x": (1,),
    },
    changes={
        "data": (*DATA, *HIDDEN),
        "merge_existing_data": (True, False),
        "block_schema_id": ("<of1.id>", "<of2.id>"),
    },
    places=(
        *(f"{DOCUMENTS}/<{label}.id>" for label in OF_DOCUMENTS),
        *(f"{DOCUMENTS}/<{label}.id>?include_secrets=true" for label in OF_DOCUMENTS),
    ),
    criteria={
        "block_documents": {
            "name": ({"any_": ["one", "zz"]}, {"like_": "T"}, {}),
            "id": ({"any_": ["<d1.id>", some_id(9)]},),
            "block_type_id": ({"any_": ["<t1.id>"]},),
            "is_anonymous": ({"eq_": False},),
        },
        "block_types": {"slug": ({"any_": ["t-b"]}, {"any_": SLUGS}), "name": ({"like_": "A"},)},
        "block_schemas": {"version": ({"any_": ["2"]},), "block_capabilities": ({"all_": ["x"]},)},
    },
    sorts=("BLOCK_TYPE_AND_NAME_ASC",),
)


def setup() -> tuple[RequestStep, ...]:
    """Return two types with a schema each, and a document that others refer to."""
    return (
        *(blocks.new_type(f"t-{'ab'[of]}").named(f"t{of + 1}") for of in range(2)),
        blocks.new_schema("t1", blocks.SECRETS, capabilities=["x"]).named("of1"),
        blocks.new_schema("t2", {"title": "Plain"}, version="2").named("of2"),
        blocks.new_document("t1", "of1", name="kept", data=blocks.DATA).named("kept"),
    )


def _of_a_slug(draw: Random) -> RequestStep:
    path = f"{TYPES}/slug/{draw.choice(SLUGS)}/block_documents"
    name = draw.choice(("", *(f"/name/{one}" for one in (*NAMES, "kept"))))
    return get(f"{path}{name}{draw.choice(('', '?include_secrets=true'))}")


def _with_secrets(draw: Random) -> RequestStep:
    sent = {"include_secrets": draw.choice((True, False)), "sort": "BLOCK_TYPE_AND_NAME_ASC"}
    return post(f"{DOCUMENTS}/filter", sent)


def _storage(draw: Random) -> RequestStep:
    """The block of results which name no other."""
    path, field = "/admin/storage", "default_result_storage_block_id"
    named: Values = ("<kept.id>", "<d1.id>", "<d2.id>", some_id(4), None, "x")
    put = send("PUT", path, {field: draw.choice(named)})
    return draw.choice((put, put, get(path), get(path), delete(path)))


KINDS = {
    **OF_TYPE.kinds(0.6),
    **OF_SCHEMA.kinds(0.8),
    **OF_DOCUMENT.kinds(1.5),
    _of_a_slug: 4,
    _with_secrets: 2,
    _storage: 2,
}
