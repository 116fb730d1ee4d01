"""The headers of an API Gateway event, of which one name may have several values."""

from collections.abc import Mapping, Sequence
from typing import Any


def values_of(event: Mapping[str, Any]) -> Mapping[str, Sequence[str]]:
    """Return the values of each header in their order, by lower-case name.

    API Gateway's `headers` has the last value of each, `multiValueHeaders` has all.
    """
    single, every = event.get("headers") or {}, event.get("multiValueHeaders") or {}
    found: dict[str, list[str]] = {}
    for name, texts in ({name: [text] for name, text in single.items()} | every).items():
        found.setdefault(name.lower(), []).extend(texts)
    return found


def first_of(event: Mapping[str, Any]) -> Mapping[str, str]:
    """Return the first value of each header, which is the one that counts on the reference."""
    return {name: texts[0] for name, texts in values_of(event).items() if texts}
