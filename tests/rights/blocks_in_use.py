"""Blocks from their creation to their end, for the sake of every right that they take."""

from typing import Any

import httpx

# What is stored in pieces, as large documents are.
LONG = "long enough " * 50
SECRETS = {"include_secrets": True}
# A text that is in blocks alone.
SECRET = "kept-to-itself"
KEPT = {"a": LONG, "b": SECRET}


def use_blocks(api: httpx.Client) -> None:
    """Nest a block of one type in one of another type, so that several are read at a time."""
    _do(api.post("/block_types/install_system_block_types"))
    inner, outer = (_type(api, slug) for slug in ("inner", "outer"))
    _do(api.patch(f"/block_types/{inner}", json={"description": LONG}))
    title = {"title": "Inner", "block_type_slug": "inner", "note": LONG}
    inner_schema = _create(api, "block_schemas", block_type_id=inner, fields=title)
    checksum = inner_schema["checksum"]
    reference = {"block_type_slug": "inner", "block_schema_checksum": checksum}
    fields = {"title": "Outer", "note": LONG, "block_schema_references": {"inside": reference}}
    outer_schema = _create(api, "block_schemas", block_type_id=outer, fields=fields)
    assert _create(api, "block_schemas", block_type_id=outer, fields=fields)
    of_inner = {"block_type_id": inner, "block_schema_id": inner_schema["id"]}
    one, two = (
        _create(api, "block_documents", name=name, data={"a": LONG, "b": SECRET}, **of_inner)["id"]
        for name in ("one", "two")
    )
    inside = {
        name: {"$ref": {"block_document_id": name_id}}
        for name, name_id in (("one", one), ("two", two))
    }
    of_outer = {"block_type_id": outer, "block_schema_id": outer_schema["id"]}
    around = _create(api, "block_documents", name="around", data=inside, **of_outer)["id"]
    _do(api.patch(f"/block_documents/{around}", json={"data": {"text": LONG}}))
    _do(api.patch(f"/block_documents/{around}", json={"data": inside}))
    _use_as_default_storage(api, outer)
    _read(api, around, outer_schema["id"], outer_schema["checksum"])
    another = _create(api, "block_schemas", block_type_id=inner, fields=title | {"another": 1})
    moved = {"data": {}, "block_schema_id": another["id"]}
    _do(api.patch(f"/block_documents/{one}", json=moved))
    _do(api.delete(f"/block_documents/{two}"))
    _do(api.delete(f"/block_schemas/{inner_schema['id']}"))
    _do(api.delete(f"/block_types/{outer}"))
    _keep(api, inner)


def _keep(api: httpx.Client, type_id: str) -> None:
    """Make a block that stays."""
    schema = _create(api, "block_schemas", block_type_id=type_id, fields={"title": "Kept"})
    place = {"block_type_id": type_id, "block_schema_id": schema["id"]}
    _create(api, "block_documents", name="kept", data=KEPT, **place)


def _read(api: httpx.Client, document: str, schema: str, checksum: str) -> None:
    for path in (
        f"/block_documents/{document}?include_secrets=true",
        "/block_types/slug/outer",
        "/block_types/slug/outer/block_documents",
        "/block_types/slug/outer/block_documents/name/around",
        f"/block_schemas/{schema}",
        f"/block_schemas/checksum/{checksum}",
        "/block_capabilities/",
    ):
        _do(api.get(path))
    types = _do(api.post("/block_types/filter", json={"block_schemas": {}})).json()
    _do(api.get(f"/block_types/{types[0]['id']}"))
    _do(api.post("/block_schemas/filter", json={}))
    _do(api.post("/block_documents/filter", json=SECRETS))
    _do(api.post("/block_documents/count", json={"block_types": {"slug": {"any_": ["inner"]}}}))


def _use_as_default_storage(api: httpx.Client, type_id: str) -> None:
    body = {"capabilities": ["write-path"], "fields": {"title": "Files", "note": LONG}}
    schema = _create(api, "block_schemas", block_type_id=type_id, **body)
    place = {"block_type_id": type_id, "block_schema_id": schema["id"]}
    files = _create(api, "block_documents", name="files", data={}, **place)["id"]
    _do(api.put("/admin/storage", json={"default_result_storage_block_id": files}))
    _do(api.get("/admin/storage"))
    _do(api.delete("/admin/storage"))


def _type(api: httpx.Client, slug: str) -> str:
    return str(_create(api, "block_types", name=slug, slug=slug)["id"])


def _create(api: httpx.Client, noun: str, **body: object) -> dict[str, Any]:
    created: dict[str, Any] = _do(api.post(f"/{noun}/", json=body)).json()
    return created


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
