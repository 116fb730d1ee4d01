"""Parsing JSON, a little stricter than Python does."""

import json
from typing import NoReturn


def parse_json(raw: bytes) -> object:
    """Parse a JSON document; None for nothing.

    Stricter than Python's parser and the reference: numbers are finite and text is Unicode, since
    nothing else can be given back as JSON.

    Raises:
        json.JSONDecodeError: it is no JSON.
        UnicodeDecodeError: its bytes are no text.
        RecursionError: it is nested too deeply.
    """
    if not raw:
        return None
    text = raw.decode(json.detect_encoding(raw))
    content = json.loads(text, parse_constant=_refuse_constant, parse_float=_finite)
    if "\\ud" in text.lower():
        _refuse_lone_surrogates(content, text)
    return content


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
