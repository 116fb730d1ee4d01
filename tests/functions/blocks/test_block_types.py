"""Types and schemas of blocks through the functions: what a client registers."""

from typing import Any
from uuid import uuid4

import httpx

from tests.functions.blocks.blocking import (
    create,
    detail,
    find,
    new_schema,
    new_type,
    placed,
)

NOBODY = str(uuid4())


def test_types_are_found_by_slug_and_by_the_capabilities_of_their_schemas(
    api: httpx.Client,
) -> None:
    ids = {slug: new_type(api, slug) for slug in ("b", "a", "c")}
    body = {"block_type_id": ids["c"], "fields": {}, "capabilities": ["x", "y", "x"]}
    assert create(api, "block_schemas", **body)["capabilities"] == ["x", "y", "x"]
    assert api.get("/block_capabilities/").json() == ["x", "y"]
    assert api.get("/block_types/slug/a").json() == api.get(f"/block_types/{ids['a']}").json()
    pages: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["a", "b", "c"]),
        ({"limit": 1, "offset": 1}, ["b"]),
        ({"block_types": {"slug": {"any_": ["c", "b"]}}}, ["b", "c"]),
        ({"block_types": {"name": {"like_": "B"}}}, ["b"]),
        ({"block_schemas": {"block_capabilities": {"all_": ["x"]}}}, ["c"]),
        ({"block_schemas": {"block_capabilities": {"all_": ["x", "z"]}}}, []),
    ]
    for asked, slugs in pages:
        assert [each["slug"] for each in find(api, "block_types", **asked)] == slugs


def test_a_type_is_refused_and_changed_as_by_the_reference(api: httpx.Client) -> None:
    type_id = new_type(api)
    taken = api.post("/block_types/", json={"name": "another", "slug": "database"})
    reserved = api.post("/block_types/", json={"name": "Prefect's", "slug": "x"})
    assert detail(taken) == (409, 'Block type with name "another" already exists')
    assert detail(reserved) == (403, "Block type names beginning with 'Prefect' are reserved.")
    for path in (f"/block_types/{NOBODY}", "/block_types/slug/nobody"):
        assert detail(api.get(path)) == (404, "Block type not found")
    for method in ("PATCH", "DELETE"):
        missing = api.request(method, f"/block_types/{NOBODY}", json={})
        assert detail(missing) == (404, "Block type not found")
    before = api.get(f"/block_types/{type_id}").json()
    assert api.patch(f"/block_types/{type_id}", json={"description": "<d>"}).status_code == 204
    after = api.get(f"/block_types/{type_id}").json()
    assert after == before | {"description": "<d>", "updated": after["updated"]}
    again = {name: after[name] for name in ("description", "code_example", "logo_url")}
    api.patch(f"/block_types/{type_id}", json=again | {"documentation_url": None})
    assert api.get(f"/block_types/{type_id}").json() == after


def test_a_schema_is_created_once_for_each_checksum_and_version(api: httpx.Client) -> None:
    type_id = new_type(api)
    body = {"block_type_id": type_id, "fields": {"title": "T", "secret_fields": []}}
    first = api.post("/block_schemas/", json=body)
    again = api.post("/block_schemas/", json=body | {"fields": {"title": "T"}})
    other = api.post("/block_schemas/", json=body | {"version": "2"})
    assert [each.status_code for each in (first, again, other)] == [201, 200, 201]
    assert first.json() == again.json()
    path = f"/block_schemas/checksum/{first.json()['checksum']}"
    assert api.get(path).json() == other.json()
    assert api.get(path, params={"version": "non-versioned"}).json() == first.json()
    assert detail(api.get(path, params={"version": "3"})) == (404, "Block schema not found")
    assert [each["version"] for each in find(api, "block_schemas")] == ["2", "non-versioned"]
    asked = {"version": {"any_": ["2"]}, "block_type_id": {"any_": [type_id]}}
    assert find(api, "block_schemas", block_schemas=asked) == [other.json()]
    unknown = api.post("/block_schemas/", json={"block_type_id": NOBODY})
    assert detail(unknown) == (404, f"Block type {NOBODY} not found.")
    for missing in (api.get, api.delete):
        answer = missing(f"/block_schemas/{NOBODY}")
        assert detail(answer) == (404, "Block schema not found")


def test_schemas_inside_are_created_from_the_definitions(api: httpx.Client) -> None:
    types = [new_type(api, slug) for slug in ("inner", "middle", "outer")]
    inner = {"title": "Inner", "block_type_slug": "inner", "type": "object"}
    to_inner = {"block_type_slug": "inner", "block_schema_checksum": "sha256:unknown"}
    middle = {
        "title": "Middle",
        "block_type_slug": "middle",
        "properties": {"i": {"$ref": "#/definitions/Inner"}},
        "block_schema_references": {"i": to_inner},
    }
    fields = {
        "title": "Outer",
        "properties": {"m": {"$ref": "#/definitions/Middle"}},
        "definitions": {"Inner": inner, "Middle": middle},
        "block_schema_references": {"m": to_inner | {"block_type_slug": "middle"}},
    }
    created = new_schema(api, types[2], **fields)
    assert created["fields"] == fields
    read = api.get(f"/block_schemas/{created['id']}").json()
    assert read["fields"]["definitions"].keys() == {"Inner", "Middle"}
    found = {each["fields"]["title"]: each for each in find(api, "block_schemas")}
    assert found.keys() == {"Inner", "Middle", "Outer"}
    reference = found["Middle"]["fields"]["block_schema_references"]["i"]
    assert reference["block_schema_checksum"] == found["Inner"]["checksum"]
    assert api.delete(f"/block_schemas/{found['Inner']['id']}").status_code == 204
    left = api.get(f"/block_schemas/{found['Middle']['id']}").json()["fields"]
    assert left["block_schema_references"] == {}


def test_a_schema_inside_that_can_not_be_found_is_refused(api: httpx.Client) -> None:
    type_id = new_type(api)
    of_nobody = {"block_type_slug": "nobody", "block_schema_checksum": "sha256:1"}
    for reference, status in (
        (of_nobody, 409),
        (of_nobody | {"block_type_slug": "database"}, 422),
        ({}, 422),
    ):
        fields = {"block_schema_references": {"x": reference}}
        refused = api.post("/block_schemas/", json={"block_type_id": type_id, "fields": fields})
        assert refused.status_code == status
    definition = {"block_type_slug": "database", "again": 0}
    definition |= {
        "properties": {"x": {"$ref": "#/definitions/D"}},
        "block_schema_references": {"x": of_nobody | {"block_type_slug": "database"}},
    }
    endless = {**definition, "definitions": {"D": definition}}
    refused = api.post("/block_schemas/", json={"block_type_id": type_id, "fields": endless})
    assert refused.status_code == 413
    assert find(api, "block_schemas") == []


def test_what_is_of_a_type_goes_with_it(api: httpx.Client) -> None:
    schema = new_schema(api, new_type(api), title="Database")
    kept = new_schema(api, new_type(api, "kept"), title="Kept")
    stays = create(api, "block_documents", name="stays", **placed(kept))
    create(api, "block_documents", name="goes", **placed(schema))
    odd = placed(kept) | {"block_schema_id": schema["id"]}
    create(api, "block_documents", name="of-its-schema", **odd)
    assert api.delete(f"/block_types/{schema['block_type_id']}").status_code == 204
    assert find(api, "block_documents") == [stays]
    assert find(api, "block_schemas") == [kept]
    assert api.delete(f"/block_schemas/{kept['id']}").status_code == 204
    assert find(api, "block_documents") == []


def test_system_types_are_installed_once_and_protected(api: httpx.Client) -> None:
    new_type(api, "secret")
    for _ in range(2):
        installed = api.post("/block_types/install_system_block_types")
        assert (installed.status_code, installed.json()) == (200, None)
    types = {each["slug"]: each for each in find(api, "block_types")}
    assert types.keys() == {"local-file-system", "secret", "webhook"}
    assert all(each["is_protected"] for each in types.values())
    schemas = find(api, "block_schemas")
    assert len(schemas) == len(types)
    refused = api.delete(f"/block_types/{types['secret']['id']}")
    assert detail(refused) == (403, "protected block types cannot be deleted.")
    refused = api.delete(f"/block_schemas/{schemas[0]['id']}")
    assert detail(refused) == (
        403,
        "Block schemas for protected block types cannot be deleted.",
    )


def test_a_schema_is_older_than_those_inside(api: httpx.Client) -> None:
    """Those inside follow in the order of the references, each with its own right after it."""
    reference = {"block_type_slug": "database", "block_schema_checksum": "sha256:unknown"}
    inner = {"type": "object", "block_type_slug": "database"}
    last = {"last": {"$ref": "#/definitions/Last"}}
    middle = {"properties": last, "block_schema_references": {"last": reference}}
    new_schema(
        api,
        new_type(api),
        title="Outer",
        properties={name: {"$ref": f"#/definitions/{name}"} for name in ("Z", "A")},
        definitions={
            "A": inner | middle | {"title": "A"},
            "Last": inner | {"title": "Last"},
            "Z": inner | {"title": "Z"},
        },
        block_schema_references={"Z": reference, "A": [reference]},
    )
    titles = [schema["fields"]["title"] for schema in find(api, "block_schemas")]
    assert titles == ["Last", "A", "Z", "Outer"]
