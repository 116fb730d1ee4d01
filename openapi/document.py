"""Makes the OpenAPI document of the template's routes."""

from collections.abc import Iterator
from typing import Any

from local.cloudformation.template import Route, Template
from local.functions import Functions
from openapi.endpoints import Declaration, declaration_of
from openapi.operation import operation
from openapi.responses import possible_responses
from openapi.schemas import Schemas, SchemaType
from runledger import versions
from runledger.adapters.requests import VERSION_HEADER

# Routes of several methods or paths that are no operations: the 405 to other methods, and the
# redirect of WebSocket handshakes, which OpenAPI can't describe.
NO_OPERATIONS = frozenset({"method_not_allowed", "redirect_websocket"})

DESCRIPTION = (
    f"Runledger answers these operations as the server of Prefect {versions.PREFECT} does. A path"
    " may end with a slash."
)
COMPONENTS = {
    "securitySchemes": {
        "basic": {
            "type": "http",
            "scheme": "basic",
            "description": "An auth string, user:password, whose password may be a key.",
        },
        "bearer": {"type": "http", "scheme": "bearer", "description": "A key."},
    },
    "parameters": {
        "ApiVersion": {
            "name": VERSION_HEADER,
            "in": "header",
            "required": False,
            "description": "The client's version of the API: x.y.z.",
            "schema": {"type": "string", "pattern": r"^\d+\.\d+\.\d+$"},
        }
    },
}
# Folders have words of two letters: "ui", "v2".
MAX_ACRONYM = 2

Json = dict[str, Any]


def operations(template: Template) -> list[Route]:
    """Return the routes that the document describes."""
    return [route for route in template.routes if route.operation not in NO_OPERATIONS]


def document(template: Template) -> Json:
    """Return the document.

    Raises:
        ValueError: the code of an endpoint can't be read.
    """
    functions = Functions(template)
    endpoints = {
        route: declaration_of(functions.handler(route.operation), _scope(template, route))
        for route in sorted(operations(template))
    }
    schemas = Schemas(found for endpoint in endpoints.values() for found in _types(endpoint))
    tags = {route: _tag(template.code[route.operation].parts[-3]) for route in endpoints}
    paths: dict[str, Json] = {}
    for route, endpoint in endpoints.items():
        described = {"tags": [tags[route]], **operation(route, endpoint, schemas)}
        paths.setdefault(route.path, {})[route.method.lower()] = described
    return {
        "openapi": "3.1.0",
        "info": {"title": "Runledger", "version": versions.API, "description": DESCRIPTION},
        "servers": [{"url": f"/{template.stage}"}],
        "security": [{"bearer": []}, {"basic": []}],
        "tags": [{"name": tag} for tag in sorted(set(tags.values()))],
        "paths": dict(sorted(paths.items())),
        "components": {**COMPONENTS, "schemas": schemas.components},
    }


def _scope(template: Template, route: Route) -> str:
    return template.own_environment[route.operation].get("SCOPE", "")


def _tag(folder: str) -> str:
    return " ".join(
        word.upper() if len(word) <= MAX_ACRONYM else word.title() for word in folder.split("_")
    )


def _types(endpoint: Declaration) -> Iterator[SchemaType]:
    if endpoint.body:
        yield SchemaType("validation", endpoint.body)
    for parameter in endpoint.parameters:
        yield SchemaType("validation", parameter.value_type)
    for response in possible_responses(endpoint):
        yield SchemaType("serialization", response.body)
