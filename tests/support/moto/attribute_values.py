"""Answers of moto that spell the value of an attribute at once, not shape by shape.

For each member of each shape, moto looks for attributes by several names: a third of the time of a
call. The value of an attribute is a dictionary as DynamoDB spells it already, but for bytes.
"""

from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from moto.core.serialize import BaseJSONSerializer

SHAPE = "AttributeValue"

serialize_structure = BaseJSONSerializer._serialize_type_structure  # noqa: SLF001 moto's


def spell_at_once(patch: pytest.MonkeyPatch) -> None:
    patch.setattr(BaseJSONSerializer, "_serialize_type_structure", _serialized)


def _serialized(serializer: Any, serialized: Any, value: Any, *place: Any) -> None:  # noqa: ANN401 moto's
    shape, key = place
    if shape.name == SHAPE and key and isinstance(value, dict) and len(value) == 1:
        serializer._default_serialize(serialized, _spelled(value), shape, key)  # noqa: SLF001
    else:
        serialize_structure(serializer, serialized, value, shape, key)


def _spelled(value: Mapping[str, Any]) -> dict[str, Any]:
    ((kind, content),) = value.items()
    return {kind: CONTENTS[kind](content)}


def _base64(content: str | bytes) -> str:
    return b64encode(content.encode() if isinstance(content, str) else content).decode()


CONTENTS: Mapping[str, Callable[[Any], object]] = {
    "B": _base64,
    "BOOL": bool,
    "BS": lambda content: [*map(_base64, content)],
    "L": lambda content: [*map(_spelled, content)],
    "M": lambda content: {name: _spelled(value) for name, value in content.items()},
    "N": str,
    "NS": lambda content: [*map(str, content)],
    "NULL": bool,
    "S": str,
    "SS": lambda content: [*map(str, content)],
}
