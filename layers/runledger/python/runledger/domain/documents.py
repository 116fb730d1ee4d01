"""Stored documents: values as JSON, without fields at their defaults, read without their models.

The model says all about its documents: which fields there are, their types and their defaults.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from types import NoneType
from typing import Any, ClassVar, get_args, get_origin
from uuid import UUID

from pydantic import TypeAdapter

from runledger.domain.values import Value

Document = Mapping[str, Any]

# Seconds of a duration that a float holds to the microsecond, and that all parsers read alike.
MAX_EXACT_SECONDS = 2**31


class View:
    """A view of a document, which parses a field when it is first asked for.

    A subclass names its model, and annotates the fields as the model does.
    """

    model: ClassVar[type[Value]]

    def __init_subclass__(cls, model: type[Value] | None = None) -> None:
        """Let each field that is annotated be read from the document."""
        if model is None:
            return
        cls.model = model
        for name in cls.fields():
            setattr(cls, name, _Field(model, name))

    def __init__(self, document: Document) -> None:
        self.document = document

    @classmethod
    def fields(cls) -> list[str]:
        """Return the names of the fields."""
        annotated = (getattr(base, "__annotations__", {}) for base in cls.__mro__)
        return [name for names in annotated for name in names if name in cls.model.model_fields]


class _Field:
    """A field of a view. Its value is kept in the view, where Python finds it first."""

    def __init__(self, model: type[Value], name: str) -> None:
        self.name = name
        self.field = model.model_fields[name]
        self.parse = _parser(self.field.annotation)

    def __get__(self, view: View, _: object) -> object:
        value = view.__dict__[self.name] = self._read(view.document)
        return value

    def _read(self, document: Document) -> object:
        if self.name not in document:
            return self.field.get_default(call_default_factory=True)
        value = document[self.name]
        return value if value is None or self.parse is None else self.parse(value)


def parse_time(text: str) -> datetime:
    """Parse an instant; pydantic decides about a text that it does not write so."""
    try:
        return datetime.fromisoformat(text)
    except (ValueError, TypeError):
        return TypeAdapter(datetime).validate_python(text)


def parse_seconds(number: float) -> timedelta:
    """Parse a duration; pydantic decides where a float does not hold it to the microsecond."""
    if abs(number) < MAX_EXACT_SECONDS:
        return timedelta(seconds=number)
    return TypeAdapter(timedelta).validate_python(number)


PARSERS: Mapping[type, Callable[[Any], object] | None] = {
    UUID: UUID,
    datetime: parse_time,
    timedelta: parse_seconds,
    tuple: tuple,
    dict: None,
    str: None,
}


def _parser(annotation: Any) -> Callable[[Any], object] | None:  # noqa: ANN401 a type
    """Return the parser of a type, or of one that may be null; None for a type of JSON."""
    (kind,) = {*(get_args(annotation) if _is_nullable(annotation) else [annotation])} - {NoneType}
    kind = get_origin(kind) or kind
    return kind if issubclass(kind, StrEnum) else PARSERS[kind]


def _is_nullable(annotation: Any) -> bool:  # noqa: ANN401 a type
    return NoneType in get_args(annotation)
