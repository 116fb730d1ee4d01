"""Blocks that tests create through the functions."""

from typing import Any

import httpx


def create(api: httpx.Client, noun: str, **body: object) -> dict[str, Any]:
    created: dict[str, Any] = api.post(f"/{noun}/", json=body).raise_for_status().json()
    return created


def new_type(api: httpx.Client, slug: str = "database") -> str:
    return str(create(api, "block_types", name=slug, slug=slug)["id"])


def new_schema(api: httpx.Client, type_id: str, **fields: object) -> dict[str, Any]:
    return create(api, "block_schemas", block_type_id=type_id, fields=fields)


def placed(schema: dict[str, Any]) -> dict[str, str]:
    """Return what a document says of its schema."""
    return {"block_schema_id": schema["id"], "block_type_id": schema["block_type_id"]}


def reference_to(document: dict[str, Any]) -> dict[str, Any]:
    return {"$ref": {"block_document_id": document["id"]}}


def find(api: httpx.Client, noun: str, **body: object) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.post(f"/{noun}/filter", json=body).raise_for_status().json()
    return found


def detail(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["detail"]
