"""Parsing of JSON, stricter than Python's, and of header fields."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NoReturn

# Beyond these pydantic writes JSON that it can't read again: levels of nesting, digits of a number.
MAX_NESTED = 150
MAX_DIGITS = 4_000


def parse_json(raw: bytes) -> object:
    """Parse a JSON document; None for an empty one.

    Stricter than Python's parser and the reference: numbers are finite and text is Unicode, since
    JSON can't represent others.

    Raises:
        json.JSONDecodeError: it is not JSON.
        UnicodeDecodeError: its bytes are not text.
        RecursionError: it is nested too deeply.
    """
    if not raw:
        return None
    text = raw.decode(json.detect_encoding(raw))
    content = json.loads(
        text, parse_constant=_refuse_constant, parse_float=_finite, parse_int=_short_enough
    )
    if text.count("[") + text.count("{") > MAX_NESTED:
        _refuse_deep_nesting(content)
    if "\\ud" in text or "\\uD" in text:
        _refuse_lone_surrogates(content, text)
    return content


def _refuse_deep_nesting(content: object) -> None:
    level = [content]
    for _ in range(MAX_NESTED):
        level = [
            inner for outer in level if isinstance(outer, (dict, list)) for inner in _inside(outer)
        ]
        if not level:
            return
    raise RecursionError


def _inside(outer: dict[str, object] | list[object]) -> Iterable[object]:
    return outer.values() if isinstance(outer, dict) else outer


def _short_enough(text: str) -> int:
    if len(text) > MAX_DIGITS:
        raise json.JSONDecodeError("Number out of range", text, 0)
    return int(text)


def _refuse_constant(name: str) -> NoReturn:
    message = f"{name} is not a JSON number"
    raise json.JSONDecodeError(message, name, 0)


def _finite(text: str) -> float:
    number = float(text)
    if number in (float("inf"), float("-inf")):
        message = "Number out of range"
        raise json.JSONDecodeError(message, text, 0)
    return number


def _refuse_lone_surrogates(content: object, text: str) -> None:
    try:
        json.dumps(content, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        message = "Lone surrogate in a string"
        raise json.JSONDecodeError(message, text, 0) from None


def header_values(event: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Return all values of each header in their order, by lower-case name.

    API Gateway's `headers` has only the last value of each, `multiValueHeaders` has all.
    """
    single, every = event.get("headers") or {}, event.get("multiValueHeaders") or {}
    found: dict[str, list[str]] = {}
    for name, texts in ({name: [text] for name, text in single.items()} | every).items():
        found.setdefault(name.lower(), []).extend(texts)
    return found


def first_headers(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the first value of each header; the reference ignores the others."""
    return {name: texts[0] for name, texts in header_values(event).items() if texts}
