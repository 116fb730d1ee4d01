"""The version of the form of items with a document: two versions of functions may share a table.

While a stack is deployed, functions of the version before run beside new ones, each of which reads
what the other writes. docs/upgrade.md says what a version may change of items for that.
"""

from collections.abc import Mapping
from typing import Any

from runledger.domain.errors import Unavailable
from runledger.store.dynamodb.packing import BODY

SCHEMA = "schema"
"""The attribute of the version; items that were written before there was one lack it."""

WRITTEN = 1

# Functions of this version run beside those of the next one, and after a step back from it.
READABLE = WRITTEN + 1


def marked(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the item with the version of its form, if it has a document."""
    return {**item, SCHEMA: WRITTEN} if BODY in item else item


def checked(item: dict[str, Any]) -> dict[str, Any]:
    """Return an item that was read, without its version.

    Raises:
        Unavailable: it has a later form than these functions may read.
    """
    version = item.pop(SCHEMA, 0)
    if version > READABLE:
        raise Unavailable(
            f"{item['pk']} is of schema {version}, and these functions read up to {READABLE}:"
            " deploy the later version again (docs/upgrade.md)"
        )
    return item
