"""Blocks: types, schemas and documents, their rules, filters and secrets."""

from collections.abc import Iterator

from tests.conformance.programs import (
    Program,
    RequestStep,
    apart,
    bare,
    delete,
    get,
    patch,
    post,
    program,
    send,
    some_id,
)

TYPES, SCHEMAS, DOCUMENTS = "/block_types", "/block_schemas", "/block_documents"
SLUGS = ("t-a", "t-b", "t-c")

TYPE_FIELDS: dict[str, tuple[object, ...]] = {
    "name": ("n", "", "a/b", "a%", "é", None, 1, "Prefect", "my prefect", "prefectX"),
    "slug": ("t-s", "a-1", "A", "a_b", "a b", "a\n", None, 1, "é"),
    "description": ("a <b> & \"c\" 'd'", "", None, 1),
    "code_example": ("```python\nx < y\n```", None, []),
    "logo_url": ("http://x/y.png", "no url", None, 1),
    "is_protected": (True,),
}
TYPE_CHANGES: tuple[object, ...] = (
    *({}, {"description": "<d>"}, {"description": None}, {"logo_url": "x", "code_example": "y"}),
    *({"name": "z"}, {"slug": "z"}, {"description": 1}, [], None),
)
PLAIN = {"Plain": {"type": "object", "of": {"$ref": "#/definitions/Deep"}}, "Deep": {"type": "x"}}
INNER = {"title": "Inner", "type": "object", "block_type_slug": "t-b", "secret_fields": ["p"]}
OUTER = {
    "title": "Outer",
    "block_type_slug": "t-a",
    "properties": {"i": {"$ref": "#/definitions/Inner"}, "p": {"$ref": "#/definitions/Plain"}},
    "definitions": {"Inner": INNER, **PLAIN},
    "block_schema_references": {
        "i": {"block_type_slug": "t-b", "block_schema_checksum": "sha256:unknown"}
    },
}
SCHEMA_FIELDS: tuple[object, ...] = (
    *({}, {"title": "T"}, {"title": "T", "secret_fields": ["a"]}, {"text": 'é"\\'}, {"n": 1.0}),
    *({"a": [{"secret_fields": 1}]}, {"definitions": PLAIN, "of": {"$ref": "#/definitions/Plain"}}),
    *({"definitions": {}}, {"title": "U", "definitions": {"Unused": {"a": 1}}}, OUTER, [], None),
    {"block_schema_references": {"x": {"block_type_slug": "no", "block_schema_checksum": "c"}}},
    {"block_schema_references": {"x": {"block_type_slug": "t-a", "block_schema_checksum": "c"}}},
)
SECRETS = {"title": "S", "secret_fields": ["a", "b.c", "d.*", "e.*.f", "l", "z.*", "none"]}
DATA: dict[str, object] = {
    "a": "x",
    "b": {"c": "y", "k": 1},
    "d": {"q": 1, "r": {"s": None}},
    "n": 1.5,
    "none": None,
    "e": {"m": {"f": 1, "g": 2}},
    "l": [1, {"p": 2}],
    "z": "plain",
    "empty": {},
    "text": "é",
}
STARS = "********"
UPDATES: tuple[object, ...] = (
    *({}, {"data": {}}, {"data": {"a": "new"}}, {"data": {"a": STARS, "b": {"c": STARS}}}),
    *({"data": {"d": {"q": STARS, "more": 1}}}, {"data": {"l": STARS, "z": STARS, "n": STARS}}),
    *({"data": {"none": STARS}}, {"data": {"b": STARS}}, {"merge_existing_data": False}),
    *({"data": {"a": 1}, "merge_existing_data": False}, {"block_schema_id": "<t.id>"}),
    *({"data": 1}, {"x": 1}, {"data": {"u": 1}, "block_schema_id": "<plain.id>"}),
    {"data": {}, "block_schema_id": "<foreign.id>"},
)
CRITERIA: tuple[object, ...] = (
    *({}, {"block_documents": {}}, {"block_documents": None}, {"block_documents": {"x": 1}}),
    *(
        {"block_documents": {"is_anonymous": one}}
        for one in (None, {}, {"eq_": True}, {"eq_": "x"})
    ),
    *({"block_documents": {"name": one}} for one in ({"any_": ["a", "c"]}, {"like_": "A"}, {})),
    {"block_documents": {"operator": "or_", "name": {"any_": ["b"]}}},
    {"block_documents": {"operator": "or_", "name": {"any_": ["b"]}, "is_anonymous": None}},
    {"block_documents": {"id": {"any_": ["<a.id>"]}, "block_type_id": {"any_": ["<t1.id>"]}}},
    {"block_types": {"slug": {"any_": ["t-b"]}}},
    {"block_types": {"name": {"like_": "T-"}}, "block_schemas": {"version": {"any_": ["2"]}}},
    {"block_schemas": {"block_capabilities": {"all_": ["x"]}}},
    {"block_schemas": {"block_capabilities": {"all_": []}, "operator": "or_"}},
    *({"sort": one} for one in ("NAME_DESC", "NAME_ASC", "BLOCK_TYPE_AND_NAME_ASC", "x", None)),
    *({"limit": 1, "offset": 1}, {"limit": 201}, {"limit": -1}, {"offset": -1}, {"limit": "x"}),
    {"include_secrets": True},
)


def new_type(slug: str, **fields: object) -> RequestStep:
    return post(f"{TYPES}/", {"name": slug, "slug": slug} | fields)


def new_schema(of: str, fields: object, **others: object) -> RequestStep:
    return post(f"{SCHEMAS}/", {"block_type_id": f"<{of}.id>", "fields": fields} | others)


def new_document(of: str, schema: str, **fields: object) -> RequestStep:
    place = {"block_type_id": f"<{of}.id>", "block_schema_id": f"<{schema}.id>"}
    return post(f"{DOCUMENTS}/", place | fields)


BESIDE_TYPES: tuple[dict[str, object], ...] = (
    {},
    {"version": {"any_": ["1", "2"]}},
    {"version": {"any_": []}},
    {"block_capabilities": {"all_": ["all", "c2"]}},
    {"id": {"any_": [some_id(1)]}},
    {"operator": "or_", "version": {"any_": ["3"]}},
    {"operator": "x"},
    {"x": 1},
)
NO_TYPES: tuple[object, ...] = ({}, None, "x", 5)
NO_DOCUMENTS: tuple[object, ...] = (
    *({}, {"name": "n"}, {"is_anonymous": True}, {"name": "n", "block_type_id": "x"}, []),
)
THREE = [new_type(slug).named(f"t{number}") for number, slug in enumerate(SLUGS, 1)]


def programs() -> Iterator[Program]:
    yield program("blocks: life of a type", *_life_of_a_type())
    for field, values in TYPE_FIELDS.items():
        given = [{"name": f"n{n}", "slug": f"t-{n}"} | {field: v} for n, v in enumerate(values)]
        yield from apart(f"blocks: type with {field}", *(post(f"{TYPES}/", it) for it in given))
    changes = (patch(f"{TYPES}/<t1.id>", it) for it in TYPE_CHANGES[:6])
    changed = (step for it in changes for step in (it, get(f"{TYPES}/<t1.id>")))
    yield program("blocks: change a type", *THREE, *changed)
    odd = (send("PATCH", f"{TYPES}/{some_id(2)}", it) for it in TYPE_CHANGES)
    yield from apart("blocks: change no type", *odd)
    for number, fields in enumerate(SCHEMA_FIELDS):
        yield program(f"blocks: schema {number}", *THREE, *_life_of_a_schema(fields))
    yield program("blocks: schemas inside", *THREE, *_schemas_inside())
    yield program("blocks: schemas by type and version", *THREE, *_filtered_schemas())
    yield program("blocks: secrets", *_some(SECRETS), *_secrets())
    for number, update in enumerate(UPDATES):
        yield program(f"blocks: update {number}", *_some(SECRETS), *_updated(update))
    yield program("blocks: documents inside", *_some(SECRETS), *_documents_inside())
    yield program("blocks: criteria", *_criteria())
    yield program("blocks: default result storage", *_default_storage())
    yield from apart("blocks: no object", *_no_objects())
    yield from apart("blocks: odd paths", *_odd_paths())


def _life_of_a_type() -> Iterator[RequestStep]:
    yield new_type("t-a").named("a")
    of_slug = f"{TYPES}/slug/t-a"
    yield from (get(f"{TYPES}/<a.id>"), get(of_slug), new_type("t-a", name="other"))
    yield from (get(f"{of_slug}/block_documents"), get(f"{of_slug}/block_documents/name/x"))
    yield new_schema("a", {"title": "A"}).named("s")
    yield new_document("a", "s", name="d", data={"x": 1}).named("d")
    yield from (get(f"{of_slug}/block_documents"), get(f"{of_slug}/block_documents/name/d"))
    yield from (delete(f"{TYPES}/<a.id>"), delete(f"{TYPES}/<a.id>"), get(of_slug))
    yield from (get(f"{SCHEMAS}/<s.id>"), get(f"{DOCUMENTS}/<d.id>"))


def _life_of_a_schema(fields: object) -> Iterator[RequestStep]:
    yield new_schema("t1", fields, capabilities=["b", "a", "b"]).named("s")
    yield new_schema("t2", fields)
    yield from (get(f"{SCHEMAS}/<s.id>"), get(f"{SCHEMAS}/checksum/<s.checksum>"))
    yield get(f"{SCHEMAS}/checksum/<s.checksum>?version=2")
    yield new_schema("t1", fields, version="2")
    yield get(f"{SCHEMAS}/checksum/<s.checksum>?version=2")
    yield get(f"{SCHEMAS}/checksum/<s.checksum>")
    yield from (delete(f"{SCHEMAS}/<s.id>"), delete(f"{SCHEMAS}/<s.id>"))


def _schemas_inside() -> Iterator[RequestStep]:
    yield new_schema("t1", OUTER).named("o")
    yield get(f"{SCHEMAS}/<o.id>")
    of_inner = {"block_schemas": {"block_type_id": {"any_": ["<t2.id>"]}}}
    yield post(f"{SCHEMAS}/filter", of_inner).named("found")
    known = "<found.0.checksum>"
    reference = {"block_type_slug": "t-b", "block_schema_checksum": known}
    both = {"title": "Both", "block_schema_references": {"x": reference, "y": [reference]}}
    yield new_schema("t3", both).named("both")
    yield get(f"{SCHEMAS}/<both.id>")
    yield from (delete(f"{SCHEMAS}/<found.0.id>"), get(f"{SCHEMAS}/<o.id>"))
    yield get(f"{SCHEMAS}/<both.id>")


def _filtered_schemas() -> Iterator[RequestStep]:
    for number, (of, version) in enumerate((("t1", "1"), ("t2", "2"), ("t1", "3"))):
        yield new_schema(of, {"n": number}, version=version, capabilities=[f"c{number}", "all"])
    of_types = {"block_type_id": {"any_": ["<t1.id>", "<t2.id>"]}}
    for beside in BESIDE_TYPES:
        yield post(f"{SCHEMAS}/filter", {"block_schemas": of_types | beside})
    named = {"block_types": {"slug": {"any_": list(SLUGS)}}}
    for asked in (
        *({}, {"limit": 1}, {"offset": 2}, {"block_schemas": {"version": {"any_": ["2"]}}}),
        *({"block_schemas": {"block_capabilities": {"all_": ["all"]}}}, {"limit": 201}),
    ):
        yield post(f"{TYPES}/filter", named | asked)
    yield post(f"{TYPES}/filter", {"block_types": {"name": {"like_": "T-_"}, "slug": {}}})
    yield post(f"{TYPES}/filter", {"block_types": {"operator": "or_"}})


def _some(fields: object) -> Iterator[RequestStep]:
    yield from THREE
    yield new_schema("t1", fields).named("t")
    yield new_schema("t1", {"title": "Plain"}).named("plain")
    yield new_schema("t2", {"title": "Foreign"}).named("foreign")


def _secrets() -> Iterator[RequestStep]:
    yield new_document("t1", "t", name="d", data=DATA).named("d")
    for asked in ("", "?include_secrets=true", "?include_secrets=x"):
        yield get(f"{DOCUMENTS}/<d.id>{asked}")
        yield get(f"{TYPES}/slug/t-a/block_documents{asked}")
        yield get(f"{TYPES}/slug/t-a/block_documents/name/d{asked}")
    for shown in (True, False):
        yield post(f"{DOCUMENTS}/filter", {"include_secrets": shown})
    for name in ("d", "", "A", "a_b", "e" * 300, None, 1):
        yield new_document("t1", "t", name=name)
    yield from (new_document("t2", "t", name="odd"), new_document("t1", "t", is_anonymous=True))


def _updated(update: object) -> Iterator[RequestStep]:
    yield new_document("t1", "t", name="d", data=DATA).named("d")
    yield patch(f"{DOCUMENTS}/<d.id>", update)
    yield get(f"{DOCUMENTS}/<d.id>?include_secrets=true")
    yield get(f"{DOCUMENTS}/<d.id>")


def _documents_inside() -> Iterator[RequestStep]:
    yield new_document("t1", "t", name="in", data=DATA).named("in")

    def to(label: str) -> dict[str, object]:
        return {"$ref": {"block_document_id": f"<{label}.id>"}}

    middle = {"x": 1, "i": to("in"), "deep": {"i": to("in")}, "list": [to("in")]}
    yield new_document("t2", "foreign", name="middle", data=middle).named("middle")
    yield new_document("t1", "plain", name="out", data={"m": to("middle")}).named("out")
    for path in ("in", "middle", "out"):
        yield get(f"{DOCUMENTS}/<{path}.id>")
        yield get(f"{DOCUMENTS}/<{path}.id>?include_secrets=true")
    yield post(f"{DOCUMENTS}/filter", {})
    for label in ("in", "middle", "out"):
        yield patch(f"{DOCUMENTS}/<in.id>", {"data": {"back": to(label)}})
    yield patch(f"{DOCUMENTS}/<middle.id>", {"data": {"x": 2}})
    yield from (get(f"{DOCUMENTS}/<middle.id>"), get(f"{DOCUMENTS}/<out.id>"))
    yield patch(f"{DOCUMENTS}/<in.id>", {"data": {"back": to("middle")}})
    yield get(f"{DOCUMENTS}/<out.id>")
    yield from (delete(f"{DOCUMENTS}/<middle.id>"), get(f"{DOCUMENTS}/<out.id>"))
    yield new_document("t1", "t", name="none", data={"x": {"$ref": {}}})


def _criteria() -> Iterator[RequestStep]:
    yield from THREE
    yield new_schema("t1", {"n": 1}, capabilities=["x", "y"]).named("s1")
    yield new_schema("t2", {"n": 2}, version="2").named("s2")
    for name, of, schema in (("b", "t1", "s1"), ("a", "t2", "s2"), ("c", "t1", "s1")):
        yield new_document(of, schema, name=name, data={"n": name}).named(name)
    yield new_document("t1", "s1", name="d", is_anonymous=True)
    for asked in CRITERIA:
        yield from (post(f"{DOCUMENTS}/filter", asked), post(f"{DOCUMENTS}/count", asked))


def _default_storage() -> Iterator[RequestStep]:
    storage, field = "/admin/storage", "default_result_storage_block_id"
    yield from THREE
    yield new_schema("t1", {"n": 1}, capabilities=["write-path"]).named("s1")
    yield new_schema("t1", {"n": 2}, capabilities=["read-path"]).named("s2")
    for number in (1, 2):
        yield new_document("t1", f"s{number}", name=f"d{number}").named(f"d{number}")
    for given in ("<d1.id>", "<d2.id>", some_id(4), None, "x"):
        yield from (send("PUT", storage, {field: given}), get(storage))
    yield from (send("PUT", storage, {}), send("PUT", storage, []))
    yield from (bare("PUT", storage), delete(storage), get(storage), delete(storage))
    yield send("PUT", storage, {field: "<d1.id>", "x": 1})
    yield from (get(storage), delete(f"{SCHEMAS}/<s1.id>"), get(storage))


def _no_objects() -> Iterator[RequestStep]:
    for body in NO_TYPES:
        yield post(f"{TYPES}/", body)
        yield post(f"{SCHEMAS}/", body)
    for body in NO_DOCUMENTS:
        yield post(f"{DOCUMENTS}/", body)
    yield from (bare("POST", f"{TYPES}/"), bare("POST", f"{SCHEMAS}/"))


def _odd_paths() -> Iterator[RequestStep]:
    for path in ("x", some_id(3), "slug/zz", "slug/zz/block_documents", "slug/a%00", "slug/"):
        yield get(f"{TYPES}/{path}")
    for path in ("x", some_id(3), "checksum/zz", "checksum/"):
        yield get(f"{SCHEMAS}/{path}")
    for path in ("x", some_id(3), f"{some_id(3)}?include_secrets=true"):
        yield get(f"{DOCUMENTS}/{path}")
    for path in (TYPES, SCHEMAS, DOCUMENTS):
        yield delete(f"{path}/{some_id(3)}")
        yield from (bare("PUT", f"{path}/"), bare("GET", f"{path}/"))
    yield from (bare("POST", "/block_capabilities/"), bare("PATCH", f"{DOCUMENTS}/{some_id(3)}"))
