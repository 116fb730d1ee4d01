import pytest

from local.cloudformation.template import Route
from local.rest_api.routing import Resources

ROUTES = [
    Route("GET", "/things/{id}", "read"),
    Route("POST", "/things/filter", "search"),
    Route("POST", "/things", "create"),
    Route("GET", "/things/{id}/parts/{part}", "read_part"),
    Route("GET", "/{kind}/first/parts/{part}", "read_first"),
    Route("OPTIONS", "/{path+}", "permit"),
]


def operation(method: str, path: str) -> str | None:
    match = Resources(ROUTES).match(method, path)
    return match and match.route.operation


@pytest.mark.parametrize("path", ["/things", "/things/"])
def test_a_slash_at_the_end_is_no_part_of_a_path(path: str) -> None:
    assert operation("POST", path) == "create"


@pytest.mark.parametrize("path", ["//things", "/things//", "/", "", "/things/a/b", "/thing"])
def test_other_paths_are_unknown(path: str) -> None:
    assert operation("POST", path) is None


def test_a_literal_wins_over_a_variable() -> None:
    assert operation("POST", "/things/filter") == "search"


def test_the_leftmost_literal_wins() -> None:
    assert operation("GET", "/things/first/parts/1") == "read_part"


def test_a_resource_without_the_method_hides_others() -> None:
    assert operation("GET", "/things/filter") is None


def test_variables_stay_encoded() -> None:
    match = Resources(ROUTES).match("GET", "/things/a%2Fb/parts/%C3%A9")
    assert match
    assert match.variables == {"id": "a%2Fb", "part": "%C3%A9"}


@pytest.mark.parametrize("path", ["/other", "/other/", "/things/1/parts", "/a/b/c/d/e"])
def test_a_variable_with_a_plus_takes_what_no_other_path_does(path: str) -> None:
    assert operation("OPTIONS", path) == "permit"
    assert operation("OPTIONS", "/things/1") is None


def test_it_is_named_without_the_plus() -> None:
    match = Resources(ROUTES).match("OPTIONS", "/a/b")
    assert match
    assert match.variables == {"path": "a/b"}
