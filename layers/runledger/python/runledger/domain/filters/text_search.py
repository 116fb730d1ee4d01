"""The search for words in a log: `error -debug +required "a phrase"`.

See docs/contract/neighbours.md 7.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runledger.domain.filters.operators import Test

# A sign that stands alone is passed over; a phrase may lack its closing quote.
WORD = re.compile(
    r"""
    [-!+](?=\s|\Z)
    | (?P<sign> [-!+] )? (?: " (?P<phrase> (?: \\. | [^"] )* ) "? | (?P<term> [^\s"]+ ) )
    """,
    re.VERBOSE | re.DOTALL,
)
ESCAPED = re.compile(r'\\(["\\])')


class Word(NamedTuple):
    """A word or phrase in lower case, and its sign: none, `+`, `-` or `!`."""

    sign: str
    text: str


def words(query: str) -> Iterator[Word]:
    """Yield what a query asks for; phrases of blanks only ask nothing."""
    for found in WORD.finditer(query):
        text = found["term"] or ESCAPED.sub(r"\1", found["phrase"] or "")
        if text.strip():
            yield Word(found["sign"] or "", text.lower())


def clauses(query: str) -> tuple[Test, ...]:
    """Return the tests that a query makes of a lower-case text: any of, none of, all of."""
    asked = tuple(words(query))
    offered = [word.text for word in asked if not word.sign]
    unwanted = [word.text for word in asked if word.sign in {"-", "!"}]
    required = [word.text for word in asked if word.sign == "+"]
    tests = ((offered, _any_of), (unwanted, _none_of), (required, _all_of))
    return tuple(test(texts) for texts, test in tests if texts)


def _any_of(texts: Iterable[str]) -> Test:
    return lambda searched: any(text in searched for text in texts)


def _none_of(texts: Iterable[str]) -> Test:
    return lambda searched: not any(text in searched for text in texts)


def _all_of(texts: Iterable[str]) -> Test:
    return lambda searched: all(text in searched for text in texts)
