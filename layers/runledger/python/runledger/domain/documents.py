"""Stored documents: values as JSON, without fields at their defaults, read without their models.

The model says all about its documents: which fields there are, their types and their defaults. What
a document gives is what its model would give; where that is not sure, the model is asked.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, TypeVar, get_args, get_origin
from uuid import UUID

from pydantic import TypeAdapter
from pydantic_core import from_json, to_json, to_jsonable_python

from runledger.domain.values import Value

if TYPE_CHECKING:
    from pydantic.fields import FieldInfo

M = TypeVar("M", bound=Value)

Fields = Mapping[str, Any]

# Seconds of a duration that a float holds to the microsecond, and that all parsers read alike.
MAX_EXACT_SECONDS = 2**32


class Unsure(Exception):  # noqa: N818 - not an error: the model knows
    """Only the model can say what it would give."""


class Document(dict[str, Any], Generic[M]):
    """A value of a model as the JSON of answers: all fields, in the order of the wire."""

    __slots__ = ()

    @classmethod
    def of(cls, value: M) -> Document[M]:
        """Return the document of a value."""
        return cls(from_json(value.model_dump_json()))


class View(Generic[M]):
    """A view of a document's fields, each of which is parsed when it is first asked for.

    A subclass names its model, and annotates the fields as the model does.
    """

    model: ClassVar[type[Value]]

    def __init_subclass__(cls, model: type[Value] | None = None) -> None:
        """Let each field that is annotated be read from the document."""
        if model is None:
            return
        cls.model = model
        for name in cls.names():
            setattr(cls, name, _Field(model, name))

    @classmethod
    def names(cls) -> list[str]:
        """Return the names of the fields."""
        annotated = (getattr(base, "__annotations__", {}) for base in cls.__mro__)
        return [name for names in annotated for name in names if name in cls.model.model_fields]

    def __init__(self, fields: Fields) -> None:
        self.fields = fields

    def value(self) -> M:
        """Return the value."""
        value: Any = self.model.model_validate_json(to_json(self.fields))
        return value  # type: ignore[no-any-return] # a class variable can't be generic

    def document(self) -> Document[M]:
        """Return the document.

        Raises:
            Unsure: the model might give another one.
        """
        return Document(Completion.of(self.model).complete(self.fields))


class _Field:
    """A field of a view. Its value is kept in the view, where Python finds it first."""

    def __init__(self, model: type[Value], name: str) -> None:
        field = model.model_fields[name]
        self.name, self.annotation = name, field.annotation or Any
        self.default: object = None if field.is_required() else field.get_default()
        self.parse = _parser(field.annotation)

    def __get__(self, view: View[Any], _: object) -> object:
        raw = view.fields.get(self.name, self)
        if raw is self:
            value = self.default
        else:
            value = raw if raw is None or self.parse is None else self._parsed(raw, self.parse)
        view.__dict__[self.name] = value
        return value

    def _parsed(self, raw: object, parse: Callable[[Any], object]) -> object:
        try:
            return parse(raw)
        except (ValueError, TypeError):
            # Not as pydantic writes it, or not exactly: pydantic knows.
            return TypeAdapter[Any](self.annotation).validate_python(raw)


def parse_seconds(number: float) -> timedelta:
    """Parse a duration.

    Raises:
        ValueError: it is so long that a float does not hold it to the microsecond.
    """
    if abs(number) >= MAX_EXACT_SECONDS:
        raise ValueError(number)
    return timedelta(seconds=number)


def spell_seconds(duration: timedelta) -> float:
    """Return a duration as JSON: pydantic rounds long ones otherwise than Python."""
    number: float = to_jsonable_python(duration, timedelta_mode="float")
    return number


PARSERS: Mapping[type, Callable[[Any], object] | None] = {
    UUID: UUID,
    datetime: datetime.fromisoformat,
    timedelta: parse_seconds,
    tuple: tuple,
    list: None,
    dict: None,
    str: None,
}


def _parser(annotation: object) -> Callable[[Any], object] | None:
    """Return the parser of a type, or of one that may be null; None for a type of JSON."""
    (kind,) = _types(annotation)
    kind = get_origin(kind) or kind
    return kind if issubclass(kind, StrEnum) else PARSERS[kind]


def _types(annotation: object) -> list[Any]:
    """Return a type without null: several of a union."""
    types = get_args(annotation) if NoneType in get_args(annotation) else (annotation,)
    return [one for one in types if one is not NoneType]


class Completion(NamedTuple):
    """The way in which the fields of a model's document are completed.

    `defaults` has all fields in the order of the wire, `nested` those that are models themselves.
    """

    defaults: Fields
    required: frozenset[str]
    durations: frozenset[str]
    nested: tuple[tuple[str, Completion], ...]

    @staticmethod
    @cache
    def of(model: type[Value]) -> Completion:
        """Return the completion of a model's documents."""
        fields = model.model_fields
        return Completion(
            {name: _default(field) for name, field in fields.items()},
            frozenset(name for name, field in fields.items() if field.is_required()),
            frozenset(
                name for name, field in fields.items() if timedelta in _types(field.annotation)
            ),
            tuple(_nested(fields)),
        )

    def complete(self, fields: Fields) -> dict[str, Any]:
        """Return all fields, in the order of the wire.

        Raises:
            Unsure: the model might give others.
        """
        whole = {**self.defaults, **fields}
        if len(whole) != len(self.defaults) or not self.required <= fields.keys():
            raise Unsure
        for name in self.durations & fields.keys():
            _check_duration(fields[name])
        for name, completion in self.nested:
            if (value := fields.get(name)) is not None:
                whole[name] = completion.complete(value)
        return whole


def _check_duration(seconds: object) -> None:
    """Check that a model would write the number again as it is.

    Raises:
        Unsure: it might not.
    """
    if not isinstance(seconds, float) or abs(seconds) >= MAX_EXACT_SECONDS:
        raise Unsure
    if repr(spell_seconds(timedelta(seconds=seconds))) != repr(seconds):
        raise Unsure


def _default(field: FieldInfo) -> object:
    """Return the default of a field, as JSON."""
    if field.is_required():
        return None
    default = field.get_default(call_default_factory=True)
    return to_jsonable_python(default, timedelta_mode="float")


def _nested(fields: Mapping[str, FieldInfo]) -> Iterator[tuple[str, Completion]]:
    """Yield the fields that are models. The others are stored whole."""
    kinds = ((name, kind) for name, field in fields.items() for kind in _types(field.annotation))
    for name, kind in kinds:
        if isinstance(kind, type) and issubclass(kind, Value):
            yield name, Completion.of(kind)
