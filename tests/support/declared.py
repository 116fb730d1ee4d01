"""Holds answers against the OpenAPI document: their status, media type and body are declared."""

import json
from functools import cache
from typing import Any
from urllib.parse import quote

import httpx
import jsonschema_rs

from local.rest_api.routing import Resources
from openapi.document import operations
from tests.support.databases import TEMPLATE

DOCUMENT: dict[str, Any] = json.loads(
    TEMPLATE.code["read_openapi"].with_name("openapi.json").read_text("utf-8")
)
ROUTES = operations(TEMPLATE)
RESOURCES = Resources(ROUTES)
NAME = "urn:runledger"
REGISTRY = jsonschema_rs.Registry([(NAME, DOCUMENT)])


def check(response: httpx.Response) -> None:
    """Check an answer of the functions, if its request took the route of an operation."""
    path = response.request.url.raw_path.partition(b"?")[0].decode()
    match = RESOURCES.match(response.request.method, path.removeprefix(f"/{TEMPLATE.stage}"))
    if match is None:
        return
    operation = match.route.operation
    declared = responses(operation)
    asked = f"{operation} answered {response.status_code}"
    assert str(response.status_code) in declared, f"{asked}: declared are {[*declared]}"
    content = declared[str(response.status_code)].get("content", {})
    if not response.read():
        assert not content, f"{asked} without a body"
        return
    media_type = response.headers["content-type"].partition(";")[0]
    assert media_type in content, f"{asked} as {media_type}"
    if media_type == "application/json":
        problems = validator(operation, response.status_code).iter_errors(response.json())
        assert not [*problems], f"{asked}: {response.text}"


@cache
def responses(operation: str) -> dict[str, Any]:
    (route,) = (route for route in ROUTES if route.operation == operation)
    found: dict[str, Any] = DOCUMENT["paths"][route.path][route.method.lower()]["responses"]
    return found


@cache
def validator(operation: str, status: int) -> jsonschema_rs.Draft202012Validator:
    """Refer to the schema in the document, of which the validator takes what it needs."""
    (route,) = (route for route in ROUTES if route.operation == operation)
    answer = (route.path, route.method.lower(), "responses", str(status))
    steps = ("paths", *answer, "content", "application/json", "schema")
    pointer = "/".join(quote(step.replace("~", "~0").replace("/", "~1")) for step in steps)
    return jsonschema_rs.Draft202012Validator(
        {"$ref": f"{NAME}#/{pointer}"}, validate_formats=True, registry=REGISTRY
    )
