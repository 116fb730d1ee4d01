"""Reads from the code of an endpoint what it takes and answers.

An endpoint takes what it asks its `request` for. It answers its annotation, with the statuses that
it names. Its errors are those that it raises, and those that the functions it calls document.
"""

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, NamedTuple, get_args, get_origin
from uuid import UUID

from pydantic import BaseModel

from openapi.code import Code
from openapi.raises import Errors
from runledger.domain.access import Scope
from runledger.domain.documents import Document

# How an endpoint uses its request; other members would be missed here.
READS = frozenset({"body", "parameters", "query_parameters"})
CHECKS_VERSION = frozenset({"check_version", "version"})
REST = frozenset({"caller", "need", "now", "user_agent"})


class RequestParameter(NamedTuple):
    """A variable of the path, a parameter of the query, or a header."""

    name: str
    place: str
    value_type: Any = str
    required: bool = True
    default: Any = None


READERS: Mapping[str, Callable[..., RequestParameter]] = {
    "id": lambda name="id": RequestParameter(name, "path", UUID),
    "header_flag": lambda name: RequestParameter(name, "header", bool, required=False),
    "path_text": lambda name: RequestParameter(name, "path"),
    "path_value": lambda name, value_type: RequestParameter(name, "path", value_type),
    "query": lambda name: RequestParameter(name, "query"),
    "query_id": lambda name: RequestParameter(name, "query", UUID),
    "query_time": lambda name: RequestParameter(name, "query", datetime, required=False),
}


@dataclass(frozen=True)
class Declaration:
    """The declared inputs and answers of an endpoint."""

    text: str
    parameters: Sequence[RequestParameter]
    body: type[BaseModel] | None
    needs_body: bool  # even if no field of it is required
    answer: Any  # a type
    statuses: Sequence[int]
    errors: Errors
    is_authenticated: bool
    scope: str  # that a key needs
    checks_version: bool
    parses_body: bool  # even if it ignores it
    uses_table: bool


def declaration_of(handler: Callable[..., Any], scope: str = Scope.READ) -> Declaration:
    """Read an endpoint's code; the template has the scope that it needs.

    Raises:
        ValueError: it uses its request, or documents an error, in a way that can't be read.
    """
    respond = inspect.unwrap(handler)
    module = respond.__globals__
    code = Code(ast.parse(inspect.getsource(respond)), module)
    used = code.members("request")
    if unknown := used - READERS.keys() - READS - CHECKS_VERSION - REST:
        raise ValueError(f"{module['__file__']}: what are {sorted(unknown)} of a request?")
    calls = code.calls_of("request")
    bodies = [args[0] for name, args in calls if name in {"body", "parameters"}]
    is_versioned = code.option("versioned")
    return Declaration(
        text=module["__doc__"],
        parameters=[parameter for name, args in calls for parameter in _parameters(name, args)],
        body=bodies[0] if bodies else None,
        needs_body="body" in used,
        answer=_without_documents(get_args(respond.__annotations__["return"])[0]),
        statuses=code.statuses(),
        errors=code.errors(),
        is_authenticated=code.option("authenticated"),
        scope=scope,
        checks_version=is_versioned or not used.isdisjoint(CHECKS_VERSION),
        parses_body=is_versioned or bool(bodies),
        uses_table="wiring" in module,
    )


def _without_documents(answer: Any) -> Any:  # noqa: ANN401 a type
    """Return a type with the model of each `Document` in its place."""
    origin, args = get_origin(answer), get_args(answer)
    if origin is Document:
        return args[0]
    inner = tuple(map(_without_documents, args))
    return answer if origin is None or inner == args else origin[inner]


def _parameters(name: str, args: Sequence[Any]) -> Sequence[RequestParameter]:
    if name == "query_parameters":
        return [_field(field, info) for field, info in args[0].model_fields.items()]
    return [READERS[name](*args)] if name in READERS else []


def _field(name: str, info: Any) -> RequestParameter:  # noqa: ANN401 pydantic's FieldInfo
    value_type = Annotated[(info.annotation, *info.metadata)] if info.metadata else info.annotation
    return RequestParameter(name, "query", value_type, info.is_required(), info.get_default())
