import pytest

from runledger.domain.filters.text_search import Word, clauses, words

# fmt: off
QUERIES = {
    "":                       (),
    "   ":                    (),
    "- + !":                  (),
    "Error":                  (("", "error"),),
    "a  b\tc":                (("", "a"), ("", "b"), ("", "c")),
    "-debug !trace +io":      (("-", "debug"), ("!", "trace"), ("+", "io")),
    "- debug":                (("", "debug"),),
    "--x":                    (("-", "-x"),),
    "a-b c+":                 (("", "a-b"), ("", "c+")),
    '"two words"':            (("", "two words"),),
    '-"two words" x':         (("-", "two words"), ("", "x")),
    '"not closed':            (("", "not closed"),),
    '"  " ""':                (),
    'x"y z"w':                (("", "x"), ("", "y z"), ("", "w")),
    r'"a \"b\" \\ \n"':       (("", r'a "b" \ \n'),),
    '"lone \\':               (("", "lone \\"),),
    r"a\"b":                  (("", "a\\"), ("", "b")),
    "100% _":                 (("", "100%"), ("", "_")),
    "İ":                      (("", "İ".lower()),),
}
# fmt: on


@pytest.mark.parametrize(("query", "asked"), QUERIES.items(), ids=QUERIES)
def test_a_query_is_read_word_by_word(query: str, asked: tuple[tuple[str, str], ...]) -> None:
    assert tuple(words(query)) == tuple(Word(*word) for word in asked)


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("a b", "only b here", True),
        ("a b", "neither", False),
        ("+a +b", "b a", True),
        ("+a +b", "a", False),
        ("-a", "b", True),
        ("b -a", "b a", False),
        ("b +c", "c", False),
        ('"a b"', "a  b", False),
        ("%", "100", False),
    ],
)
def test_words_are_looked_for_by_their_signs(query: str, text: str, *, found: bool) -> None:
    assert all(test(text) for test in clauses(query)) is found


def test_each_kind_of_word_is_a_clause_of_its_own() -> None:
    assert len(clauses("a b -c -d +e +f")) == 3
