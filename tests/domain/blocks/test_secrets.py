from typing import Any

import pytest

from runledger.domain.blocks.secrets import HIDDEN, hide, restore_hidden, secret_paths

FIELDS = {"secret_fields": ["a", "b.c", "d.*", "e.*.f", "l", "z.*", 3, "missing"]}
DATA = {
    "a": None,
    "b": {"c": "x", "k": 1},
    "d": {"q": 1, "r": {"s": "t"}, "n": None},
    "e": {"m": {"f": 1, "g": 2}},
    "l": [1, {"in": "a list"}],
    "z": "plain",
    "empty": {},
    "n": 1.5,
}
SHOWN = {
    "a": None,
    "b": {"c": HIDDEN, "k": 1},
    "d": {"q": HIDDEN, "r": {"s": HIDDEN}, "n": HIDDEN},
    "e": {"m": {"f": HIDDEN, "g": HIDDEN}},
    "l": HIDDEN,
    "z": HIDDEN,
    "empty": {},
    "n": 1.5,
}
PATHS = secret_paths(FIELDS)


def test_secrets_are_hidden_at_any_depth() -> None:
    assert hide(DATA, PATHS) == SHOWN
    assert hide(DATA, secret_paths({})) == hide(DATA, secret_paths({"secret_fields": 3})) == DATA


def test_with_a_star_alone_everything_is_secret() -> None:
    assert hide({"a": 1, "b": {"c": 2}}, [("*",)]) == {"a": HIDDEN, "b": {"c": HIDDEN}}


def test_who_sends_back_what_is_shown_changes_nothing() -> None:
    assert restore_hidden(SHOWN, DATA, PATHS) == DATA


@pytest.mark.parametrize(
    ("sent", "meant"),
    [
        ({"a": HIDDEN}, {"a": HIDDEN}),  # there is no secret yet
        ({"b": {"c": "new"}}, {"b": {"c": "new"}}),
        ({"d": {"q": HIDDEN, "new": "v"}}, {"d": {"q": 1, "new": "v"}}),
        ({"d": {"unknown": HIDDEN}}, {"d": {"unknown": HIDDEN}}),
        ({"b": HIDDEN}, {"b": HIDDEN}),
        ({"n": HIDDEN}, {"n": HIDDEN}),
        ({}, {}),
    ],
)
def test_only_a_hidden_secret_that_is_known_is_restored(
    sent: dict[str, Any], meant: dict[str, Any]
) -> None:
    assert restore_hidden(sent, DATA, PATHS) == meant
