"""The errors that a docstring documents under "Raises:"."""

import re
from collections.abc import Iterator

from runledger.adapters import problems
from runledger.domain import errors

Errors = dict[type[Exception], list[str]]
"""The reasons of each error."""

SECTION = re.compile(r"^Raises:\n((?:    .*\n?)+)", re.MULTILINE)
ENTRY = re.compile(r"^    ([A-Z]\w+(?:, [A-Z]\w+)*): ((?:.+\n?)(?:     .+\n?)*)", re.MULTILINE)


def documented(text: str) -> Iterator[tuple[type[Exception], str]]:
    """Yield the errors of a docstring with their reasons.

    Raises:
        ValueError: an error is none of ours.
    """
    entries = (entry for section in SECTION.findall(text) for entry in ENTRY.findall(section))
    for names, reason in entries:
        for name in names.split(", "):
            yield error_named(name), " ".join(reason.split())


def error_named(name: str) -> type[Exception]:
    """Return the class of an error.

    Raises:
        ValueError: there is none.
    """
    found = getattr(errors, name, None) or getattr(problems, name, None)
    if not isinstance(found, type) or not issubclass(found, Exception):
        raise ValueError(f"{name} is no error of a request")  # noqa: TRY004 the text is wrong
    return found
