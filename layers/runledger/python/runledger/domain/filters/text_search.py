"""The search for words in a log: `error -debug +required "a phrase"`.

See docs/contract/neighbours.md 7.
"""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from runledger.domain.filters.operators import Test

# A sign without a word is ignored; a phrase may lack its closing quote.
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
    """Yield the words and phrases of a query, except for blank phrases."""
    for found in WORD.finditer(query):
        text = found["term"] or ESCAPED.sub(r"\1", found["phrase"] or "")
        if text.strip():
            yield Word(found["sign"] or "", text.lower())


def clauses(query: str) -> tuple[Test, ...]:
    """Return a query's tests of a lower-case text: any of, none of, all of."""
    parsed = tuple(words(query))
    optional = [word.text for word in parsed if not word.sign]
    unwanted = [word.text for word in parsed if word.sign in {"-", "!"}]
    required = [word.text for word in parsed if word.sign == "+"]
    tests = ((optional, _any_of), (unwanted, _none_of), (required, _all_of))
    return tuple(test(texts) for texts, test in tests if texts)


def _any_of(texts: Iterable[str]) -> Test:
    return lambda searched: any(text in searched for text in texts)


def _none_of(texts: Iterable[str]) -> Test:
    return lambda searched: not any(text in searched for text in texts)


def _all_of(texts: Iterable[str]) -> Test:
    return lambda searched: all(text in searched for text in texts)
