"""SQL's LIKE with `%` on both ends or one, with the semantics of the reference's SQLite."""

import re
from collections.abc import Callable
from string import ascii_lowercase, ascii_uppercase

Find = Callable[[str, int], int]
"""Returns the end of the first occurrence from a position on, or -1."""

LOWER = str.maketrans(ascii_uppercase, ascii_lowercase)


def like(pattern: str) -> Callable[[str], bool]:
    """Match texts that contain the pattern: `%` is any run of characters, `_` is any one.

    The first occurrence of each piece between two `%` is enough, so nothing backtracks.
    """
    finds = [_find(piece) for piece in _fold(pattern).split("%") if piece]

    def test(text: str) -> bool:
        folded, at = _fold(text), 0
        for find in finds:
            at = find(folded, at)
            if at < 0:
                return False
        return True

    return test


def begins_like(pattern: str) -> Callable[[str], bool]:
    """Match texts that begin with the pattern."""
    head, _, rest = _fold(pattern).partition("%")
    find, goes_on = _find(head), like(rest)

    def test(text: str) -> bool:
        folded = _fold(text)
        return find(folded, 0) == len(head) and goes_on(folded[len(head) :])

    return test


def begins_with(beginning: str) -> Callable[[str], bool]:
    """Match texts that begin with this, literally, but without regard to case."""
    folded = _fold(beginning)
    return lambda text: _fold(text).startswith(folded)


def _fold(text: str) -> str:
    # SQLite folds the case of ASCII letters only.
    return text.lower() if text.isascii() else text.translate(LOWER)


def _find(piece: str) -> Find:
    return _find_with_gaps(piece) if "_" in piece else _find_literally(piece)


def _find_literally(piece: str) -> Find:
    def find(text: str, at: int) -> int:
        start = text.find(piece, at)
        return start + len(piece) if start >= 0 else -1

    return find


def _find_with_gaps(piece: str) -> Find:
    # No quantifier, so the work is bounded by the lengths of both, multiplied.
    search = re.compile(".".join(map(re.escape, piece.split("_"))), re.DOTALL).search

    def find(text: str, at: int) -> int:
        found = search(text, at)
        return found.end() if found else -1

    return find
