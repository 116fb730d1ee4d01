"""Keys of pieces of large documents; `keys` has the chart."""

from runledger.store.schema import keys
from runledger.store.schema.keys import Key
from runledger.store.schema.sort_keys import AFTER_SEPARATOR, join

# Sorts before all else in the partition of a task run, which is often read without its pieces.
PIECE = "DOCUMENT_PIECE"

# Sorts after every sort key that begins with a word.
AFTER_WORDS = "~"


def piece(pk: str, document_id: str, number: int) -> Key:
    """A piece lies in the partition of its item, with which it goes."""
    return Key(pk, join(PIECE, document_id, f"{number:03}"))


def pieces() -> tuple[str, str]:
    """The range of all pieces in a partition."""
    return keys.under(PIECE)


def all_else() -> tuple[str, str]:
    """The range of what a task run's partition has beside pieces."""
    return PIECE + AFTER_SEPARATOR, AFTER_WORDS
