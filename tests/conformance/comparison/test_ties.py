from uuid import uuid4

import pytest

from tests.conformance.comparison.ties import differ_in_ties_only
from tests.conformance.programs import Json, some_id


def page(*runs: str) -> Json:
    """Of `name:number`s: a number stands for an id that a client chose."""
    pairs = (run.split(":") for run in runs)
    return [{"name": name, "id": some_id(int(number))} for name, number in pairs]


def made(*runs: str) -> Json:
    """Of `name:tag`s, with ids of a server's own."""
    pairs = (run.split(":") for run in runs)
    return [{"name": name, "tags": [tag], "id": str(uuid4())} for name, tag in pairs]


@pytest.mark.parametrize(
    "other",
    [
        page("a:1", "b:3", "b:2", "c:4"),
        page("a:9", "b:2", "b:3", "c:4"),
        page("a:1", "b:2", "b:3", "c:9"),
    ],
    ids=["swapped ties", "another one before the page", "another one after the page"],
)
def test_ties_may_come_in_any_order(other: Json) -> None:
    assert differ_in_ties_only("NAME_ASC", page("a:1", "b:2", "b:3", "c:4"), other)


@pytest.mark.parametrize(
    "other",
    [
        page("a:1", "b:2", "b:9", "c:4"),
        page("b:2", "a:1", "b:3", "c:4"),
        page("a:1", "b:2", "c:4"),
        page("a:1", "b:2", "b:3", "d:4"),
        page(),
    ],
    ids=["another run", "another order", "one less", "another name", "none"],
)
def test_nothing_else_may(other: Json) -> None:
    assert not differ_in_ties_only("NAME_ASC", page("a:1", "b:2", "b:3", "c:4"), other)


def test_ids_have_no_ties() -> None:
    assert not differ_in_ties_only("ID_DESC", page("a:1", "a:2"), page("a:2", "a:1"))


def test_ties_with_ids_of_the_servers_are_told_apart_by_what_was_sent() -> None:
    first = made("a:x", "b:x", "b:y", "c:x")
    assert differ_in_ties_only("NAME_ASC", first, made("a:x", "b:y", "b:x", "c:x"))
    assert not differ_in_ties_only("NAME_ASC", first, made("a:x", "b:x", "b:z", "c:x"))
