"""An operation of the OpenAPI document: parameters, body and responses."""

import re
from collections.abc import Iterable, Iterator
from http import HTTPStatus
from itertools import groupby
from operator import attrgetter
from typing import Any

from pydantic_core import to_jsonable_python

from local.cloudformation.template import Route
from openapi.endpoints import Declaration, RequestParameter
from openapi.responses import JSON, Possible, possible_responses
from openapi.schemas import Schema, Schemas

VERSION = {"$ref": "#/components/parameters/ApiVersion"}
VARIABLE = re.compile(r"{(\w+)}")
NO_SECURITY: list[Any] = []

Json = dict[str, Any]


def operation(route: Route, endpoint: Declaration, schemas: Schemas) -> Json:
    """Return the operation of a route.

    Raises:
        ValueError: its endpoint does not use the variables of its path.
    """
    variables = [p.name for p in endpoint.parameters if p.place == "path"]
    if sorted(variables) != sorted(VARIABLE.findall(route.path)):
        raise ValueError(f"{route.operation} uses {variables} of {route.path}")
    summary, _, rest = _text(endpoint.text).partition("\n\n")
    parameters = [_parameter(parameter, schemas) for parameter in endpoint.parameters]
    version = [VERSION] if endpoint.checks_version else []
    return {
        "summary": summary,
        **({"description": rest} if rest else {}),
        "operationId": route.operation,
        **({} if endpoint.is_authenticated else {"security": NO_SECURITY}),
        "parameters": [*parameters, *version],
        **({"requestBody": _request_body(endpoint, schemas)} if endpoint.body else {}),
        "responses": dict(_responses(endpoint, schemas)),
    }


def _text(docstring: str) -> str:
    """Return a docstring without its route and the final point of its first line."""
    first, separator, rest = docstring.partition(": ")[2].partition("\n")
    return first[:1].upper() + first[1:].removesuffix(".") + separator + rest.strip()


def _parameter(parameter: RequestParameter, schemas: Schemas) -> Json:
    default = to_jsonable_python(parameter.default)
    schema = schemas.of("validation", parameter.value_type)
    return {
        "name": parameter.name,
        "in": parameter.place,
        "required": parameter.required,
        "schema": schema if default is None else {**schema, "default": default},
    }


def _request_body(endpoint: Declaration, schemas: Schemas) -> Json:
    schema = schemas.of("validation", endpoint.body)
    required = endpoint.needs_body or schemas.requires_fields(schema)
    return {"required": required, "content": {JSON: {"schema": schema}}}


def _responses(endpoint: Declaration, schemas: Schemas) -> Iterator[tuple[str, Json]]:
    by_status = attrgetter("status")
    possible = sorted(possible_responses(endpoint), key=by_status)
    for status, group in groupby(possible, by_status):
        yield str(int(status)), _response(HTTPStatus(status), list(group), schemas)


def _response(status: HTTPStatus, possible: list[Possible], schemas: Schemas) -> Json:
    reasons = dict.fromkeys(one.reason for one in possible if one.reason)
    media_types = dict.fromkeys(one.media_type for one in possible if one.media_type)
    headers = {name: {"schema": {"type": "number"}} for one in possible for name in one.headers}
    content = {
        media_type: {
            "schema": _any_of(
                [one.body for one in possible if one.media_type == media_type], schemas
            )
        }
        for media_type in media_types
    }
    return {
        "description": " ".join(reasons) or status.phrase,
        **({"headers": headers} if headers else {}),
        **({"content": content} if content else {}),
    }


def _any_of(bodies: Iterable[Any], schemas: Schemas) -> Schema:
    found = [schemas.of("serialization", body) for body in dict.fromkeys(bodies)]
    return found[0] if len(found) == 1 else {"anyOf": found}
