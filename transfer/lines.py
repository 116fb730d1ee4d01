"""The file: a line of JSON for each item, as in DynamoDB's own exports, between two others.

| line | |
|---|---|
| `{"Export": {...}}` | the first: the format's version, who made it, of which table, and when |
| `{"Item": {...}}` | an item in DynamoDB's JSON: binary values in base64 |
| `{"Page": {...}}` | up to where a segment is written, for an export that ended early |
| `{"End": {...}}` | the last: the number of items |
"""

import json
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any, NamedTuple

FORMAT = 1

Item = dict[str, Any]
"""An item with typed values, as boto3's client has it."""

TYPES = {"S", "N", "B", "BOOL", "NULL", "M", "L", "SS", "NS", "BS"}


class FormatError(Exception):
    """A file can't be read; the message says which line, and why."""


class FileLine(NamedTuple):
    """A line of a file, which ends at an offset in bytes."""

    number: int
    end: int
    kind: str
    content: Any


def header(table: str, time: str, segments: int) -> dict[str, Any]:
    """Return what the first line says."""
    made_by = f"runledger {version('runledger')}"
    return {"format": FORMAT, "by": made_by, "table": table, "time": time, "segments": segments}


def dump(kind: str, content: object) -> bytes:
    """Spell a line."""
    text = json.dumps({kind: content}, default=_in_base64, separators=(",", ":"))
    return text.encode() + b"\n"


def read(path: Path, *, is_part: bool = False) -> Iterator[FileLine]:
    """Yield the lines of a file; the last line of a part may be cut off, and is left out then.

    Raises:
        FormatError: at the first line that can't be read; it is of another format, or damaged.
    """
    end = 0
    for number, text in enumerate(_texts(path, is_part=is_part), 1):
        end += len(text)
        try:
            kind, content = _parsed(text) if number > 1 else _header(text)
        except ValueError as error:
            raise FormatError(f"{path}: line {number}: {error}") from None
        yield FileLine(number, end, kind, content)


def _texts(path: Path, *, is_part: bool) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield from (text for text in file if text.endswith(b"\n") or not is_part)


def _parsed(text: bytes) -> tuple[str, Any]:
    """Raise ValueError, with the reason, if this is no line of an export."""
    if not text.endswith(b"\n"):
        raise ValueError("it is cut off")
    try:
        ((kind, content),) = json.loads(text).items()
    except (AttributeError, ValueError) as error:
        raise ValueError(f"it is no JSON object with one name: {error}") from None
    if kind not in {"Export", "Item", "Page", "End"} or not isinstance(content, dict):
        raise ValueError(f"{kind} is unknown")
    return kind, _decoded_item(content) if kind == "Item" else content


def _header(text: bytes) -> tuple[str, Any]:
    """Raise ValueError, with the reason, if this is no first line of an export of this format."""
    kind, content = _parsed(text)
    if kind != "Export":
        raise ValueError("it is not the first line of an export")
    if content.get("format") != FORMAT:
        raise ValueError(
            f"the file has format {content.get('format')}, and this version of Runledger reads"
            f" format {FORMAT}: use the version that made it ({content.get('by')})"
        )
    return kind, content


def _decoded_item(content: dict[str, Any]) -> Item:
    item = {name: _decoded(name, value) for name, value in content.items()}
    if not all(isinstance(item.get(name, {}).get("S"), str) for name in ("pk", "sk")):
        raise ValueError("the item has no key")
    return item


def _decoded(name: str, value: Any) -> dict[str, Any]:  # noqa: ANN401 JSON
    """Decode the binary values of an attribute."""
    if not (isinstance(value, dict) and len(value) == 1 and value.keys() <= TYPES):
        raise ValueError(f"{name} has no value of DynamoDB's")
    ((tag, content),) = value.items()
    try:
        return {tag: DECODERS.get(tag, _as_it_is)(content)}
    except (AttributeError, NotBase64, TypeError) as error:
        raise ValueError(f"{name} has no value of DynamoDB's: {error}") from None


def _as_it_is(content: Any) -> Any:  # noqa: ANN401 JSON
    return content


def _bytes(content: str) -> bytes:
    return b64decode(content, validate=True)


DECODERS: Mapping[str, Callable[[Any], Any]] = {
    "B": _bytes,
    "BS": lambda content: [_bytes(one) for one in content],
    "M": lambda content: {name: _decoded(name, one) for name, one in content.items()},
    "L": lambda content: [_decoded("a list", one) for one in content],
}


def _in_base64(value: object) -> str:
    if not isinstance(value, bytes):
        raise TypeError(f"{type(value)} is no attribute value")
    return b64encode(value).decode()
