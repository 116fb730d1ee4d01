"""Documents of blocks through the functions: what a client saves, finds and deletes."""

from typing import Any
from uuid import uuid4

import httpx
import pytest

from tests.functions.blocks.blocking import (
    create,
    detail,
    find,
    new_schema,
    new_type,
    placed,
    reference_to,
)
from tests.support.databases import DynamoDB, scan

NOBODY = str(uuid4())
SECRET = "nobody-shall-read-this"
STARS = "********"
SECRET_FIELDS = ["password", "env.*"]


@pytest.fixture
def schema(api: httpx.Client) -> dict[str, Any]:
    return new_schema(api, new_type(api), title="Database", secret_fields=SECRET_FIELDS)


def test_a_document_is_saved_read_and_updated(api: httpx.Client, schema: dict[str, Any]) -> None:
    data = {"host": "h", "password": SECRET, "env": {"K": SECRET}}
    shown = {"host": "h", "password": STARS, "env": {"K": STARS}}
    created = create(api, "block_documents", name="main", data=data, **placed(schema))
    path, secrets = f"/block_documents/{created['id']}", {"include_secrets": "true"}
    assert (created["data"], created["block_schema"]) == (shown, schema)
    assert api.get(path).json() == created
    by_name = "/block_types/slug/database/block_documents/name/main"
    for one in (path, by_name):
        assert api.get(one, params=secrets).json() == created | {"data": data}
    of_type = api.get("/block_types/slug/database/block_documents", params=secrets).json()
    assert of_type == [created | {"data": data}]
    taken = api.post("/block_documents/", json={"name": "main", **placed(schema)})
    assert detail(taken) == (409, "Block already exists")

    api.patch(path, json={"data": {"password": STARS, "port": 1}})
    assert api.get(path, params=secrets).json()["data"] == data | {"port": 1}
    replaced = {"data": {"env": {"K": STARS, "L": SECRET}}, "merge_existing_data": False}
    api.patch(path, json=replaced)
    assert api.get(path, params=secrets).json()["data"] == {"env": {"K": SECRET, "L": SECRET}}
    before = api.get(path).json()
    assert api.patch(path, json={"block_schema_id": NOBODY}).status_code == 204
    assert api.get(path).json() == before
    assert api.delete(path).status_code == 204
    for method in ("GET", "PATCH", "DELETE"):
        gone = api.request(method, path, json={})
        assert detail(gone) == (404, "Block document not found")
    for name in (by_name, "/block_types/slug/nobody/block_documents/name/main"):
        assert detail(api.get(name)) == (404, "Block document not found")
    assert api.get("/block_types/slug/nobody/block_documents").status_code == 404


def test_a_document_changes_to_a_schema_of_its_type_alone(
    api: httpx.Client, schema: dict[str, Any]
) -> None:
    newer = new_schema(api, schema["block_type_id"], title="Newer")
    foreign = new_schema(api, new_type(api, "other"), title="Foreign")
    created = create(api, "block_documents", name="main", data={"a": 1}, **placed(schema))
    path = f"/block_documents/{created['id']}"
    refused = api.patch(path, json={"data": {}, "block_schema_id": foreign["id"]})
    assert refused.status_code == 400
    unknown = api.patch(path, json={"data": {}, "block_schema_id": NOBODY})
    assert unknown.status_code == 409
    assert api.get(path).json() == created
    api.patch(path, json={"data": {"b": 2}, "block_schema_id": newer["id"]})
    changed = api.get(path).json()
    assert (changed["block_schema"], changed["data"]) == (newer, {"a": 1, "b": 2})


def test_documents_are_nested_and_never_in_a_circle(
    api: httpx.Client, schema: dict[str, Any]
) -> None:
    inner = create(api, "block_documents", name="in", data={"password": SECRET}, **placed(schema))
    inside = {"one": reference_to(inner), "two": reference_to(inner)}
    outer = create(api, "block_documents", name="out", data={"a": 1} | inside, **placed(schema))
    hidden = {"password": STARS}
    assert outer["data"] == {"a": 1, "one": hidden, "two": hidden}
    of_one = outer["block_document_references"]["one"]["block_document"]
    assert (of_one["id"], of_one["name"]) == (inner["id"], "in")
    circle = api.patch(
        f"/block_documents/{inner['id']}", json={"data": {"back": reference_to(outer)}}
    )
    assert circle.status_code == 400
    assert circle.json()["detail"].startswith("Cannot create block document reference: it would")
    unknown = {"data": {"x": reference_to({"id": NOBODY})}}
    assert detail(api.patch(f"/block_documents/{inner['id']}", json=unknown))[0] == 409
    # References that are not sent again end, as do those to documents that are deleted.
    api.patch(f"/block_documents/{outer['id']}", json={"data": {"one": inside["one"]}})
    assert api.get(f"/block_documents/{outer['id']}").json()["data"] == {"a": 1, "one": hidden}
    api.delete(f"/block_documents/{inner['id']}")
    assert api.get(f"/block_documents/{outer['id']}").json()["data"] == {"a": 1}


def test_a_document_needs_a_name_a_type_a_schema_and_what_is_inside(
    api: httpx.Client, schema: dict[str, Any]
) -> None:
    good = {"name": "main", **placed(schema)}
    refused: list[tuple[dict[str, Any], int]] = [
        ({"name": ""}, 422),
        ({"name": "A"}, 422),
        ({"block_type_id": NOBODY}, 409),
        ({"block_schema_id": NOBODY}, 409),
        ({"data": {"x": reference_to({"id": NOBODY})}}, 409),
        ({"data": {"x": {"$ref": 3}}}, 400),
    ]
    for wrong, status in refused:
        assert api.post("/block_documents/", json=good | wrong).status_code == status
    assert api.post("/block_documents/", json=[1]).status_code == 422
    assert find(api, "block_documents") == []
    anonymous = create(api, "block_documents", is_anonymous=True, **placed(schema))
    assert anonymous["name"].startswith("anonymous-")


def test_documents_are_filtered_sorted_and_counted(api: httpx.Client) -> None:
    schemas = {slug: new_schema(api, new_type(api, slug), title=slug) for slug in ("x", "y")}
    for name, slug in (("b", "x"), ("a", "y"), ("c", "x")):
        create(api, "block_documents", name=name, **placed(schemas[slug]))
    create(api, "block_documents", is_anonymous=True, name="d", **placed(schemas["x"]))
    of_x = {"block_types": {"slug": {"any_": ["x"]}}}
    pages: list[tuple[dict[str, Any], list[str]]] = [
        ({}, ["a", "b", "c"]),
        ({"sort": "NAME_DESC"}, ["c", "b", "a"]),
        ({"sort": "BLOCK_TYPE_AND_NAME_ASC"}, ["b", "c", "a"]),
        ({"block_documents": {"is_anonymous": None}}, ["a", "b", "c", "d"]),
        ({"block_documents": {"is_anonymous": {"eq_": True}}}, ["d"]),
        ({"block_documents": {"name": {"any_": ["a", "c"]}}}, ["a", "c"]),
        (of_x, ["b", "c"]),
        ({"block_schemas": {"id": {"any_": [schemas["y"]["id"]]}}}, ["a"]),
        (of_x | {"block_schemas": {"version": {"any_": ["9"]}}}, []),
    ]
    for asked, names in pages:
        assert [one["name"] for one in find(api, "block_documents", **asked)] == names
        assert api.post("/block_documents/count", json=asked).json() == len(names)
    page = find(api, "block_documents", limit=1, offset=1)
    assert [one["name"] for one in page] == ["b"]


def test_neither_the_table_nor_a_log_has_a_secret(
    api: httpx.Client,
    dynamodb: DynamoDB,
    schema: dict[str, Any],
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Also of data that no schema calls secret, and of what is stored in pieces."""
    data = {"password": SECRET, "env": {"K": SECRET}, "plain": SECRET, "long": SECRET * 5_000}
    inner = create(api, "block_documents", name="in", data=data, **placed(schema))
    nested = {"inside": reference_to(inner), "list": [SECRET]}
    outer = create(api, "block_documents", name="out", data=nested, **placed(schema))
    for document in (inner, outer):
        api.patch(f"/block_documents/{document['id']}", json={"data": {"more": SECRET}})
        path = f"/block_documents/{document['id']}"
        assert SECRET in api.get(path, params={"include_secrets": "true"}).text
    taken = api.post("/block_documents/", json={"name": "in", "data": data, **placed(schema)})
    assert taken.status_code == 409
    assert SECRET not in str(scan(dynamodb))
    lines = [vars(record) for record in caplog.records]
    assert {201, 204, 409} <= {line.get("status") for line in lines}
    assert SECRET not in str(lines)


def test_deployments_and_runs_name_blocks_that_exist(
    api: httpx.Client, schema: dict[str, Any]
) -> None:
    block = create(api, "block_documents", name="files", **placed(schema))["id"]
    flow = create(api, "flows", name="etl")["id"]
    named = {"storage_document_id": block, "infrastructure_document_id": block}
    deployment = create(api, "deployments", name="d", flow_id=flow, **named)
    assert {name: deployment[name] for name in named} == named
    path = f"/deployments/{deployment['id']}"
    assert api.patch(path, json=named).status_code == 204
    run = create(api, "flow_runs", flow_id=flow, infrastructure_document_id=block)
    assert run["infrastructure_document_id"] == block
    for name in named:
        refused = api.post("/deployments/", json={"name": "x", "flow_id": flow, name: NOBODY})
        assert detail(refused)[0] == 409
        assert f"block with id: {NOBODY}" in detail(refused)[1]
        assert api.patch(path, json={name: NOBODY}).status_code == 409
    wrong = {"flow_id": flow, "infrastructure_document_id": NOBODY}
    assert api.post("/flow_runs/", json=wrong).status_code == 409


def test_a_block_that_stores_results_can_be_the_default(
    api: httpx.Client, schema: dict[str, Any]
) -> None:
    path, field = "/admin/storage", "default_result_storage_block_id"
    body = {"fields": {}, "capabilities": ["write-path"]}
    files = create(api, "block_schemas", block_type_id=schema["block_type_id"], **body)
    can, can_not = (
        create(api, "block_documents", name=name, **placed(of))["id"]
        for name, of in (("can", files), ("can-not", schema))
    )
    assert api.get(path).json() == {field: None}
    assert detail(api.put(path, json={field: can_not})) == (
        422,
        f"Block document {can_not} cannot be used for result storage.",
    )
    missing = api.put(path, json={field: NOBODY})
    assert detail(missing) == (404, f"Block document {NOBODY} not found.")
    assert api.get(path).json() == {field: None}
    for end in (path, f"/block_documents/{can}"):
        assert api.put(path, json={field: can}).json() == api.get(path).json() == {field: can}
        assert api.delete(end).status_code == 204
        assert api.get(path).json() == {field: None}
