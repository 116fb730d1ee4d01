import pytest

from tests.conformance.programs import Json
from tests.conformance.ties import differ_in_ties_only


def page(*runs: str) -> Json:
    """Of `name:id`s."""
    return [{"name": run.split(":")[0], "id": run.split(":")[1]} for run in runs]


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
