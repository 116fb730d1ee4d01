"""Variables through the functions: what a client stores, finds, and has in its parameters."""

from typing import Any

import httpx
import pytest

from tests.functions.deployments.deploying import deployed, new_flow, start

VALUES: list[Any] = [
    *("x", 1, 1.5, True, None, {"a": [1, {"b": None}]}, [], "y" * 4_998, "é" * 2_499),
    *(-(2**63), 2**64 - 1, {"": ""}),
]
NAMES = (
    "Value error, Variable name must only contain lowercase letters, numbers, and dashes or"
    " underscores."
)
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"value": "y" * 4_999}, "Value error, Variable value must be less than 5000 characters"),
    ({"value": "é" * 2_500}, "Value error, Variable value must be less than 5000 characters"),
    ({"value": [2**64]}, "Value error, Variable value must be serializable to JSON"),
    ({"name": "A b"}, NAMES),
    ({"name": "a" * 256}, "Value should have at most 255 items after validation, not 256"),
]


def create(api: httpx.Client, name: str = "a", value: object = 1, **fields: Any) -> httpx.Response:
    return api.post("/variables/", json={"name": name, "value": value, **fields})


def found(api: httpx.Client, sort: str = "NAME_ASC", /, **criteria: Any) -> list[str]:
    asked = {"variables": criteria, "sort": sort}
    shown = api.post("/variables/filter", json=asked).raise_for_status().json()
    count = api.post("/variables/count", json={"variables": criteria}).json()
    assert count == len(shown)
    return [variable["name"] for variable in shown]


@pytest.mark.parametrize("value", VALUES)
def test_any_value_is_read_back(api: httpx.Client, value: object) -> None:
    created = create(api, value=value, tags=["t", "t"]).raise_for_status().json()
    assert (created["value"], created["tags"]) == (value, ["t", "t"])
    assert api.get(f"/variables/{created['id']}").json() == created
    assert api.get("/variables/name/a").json() == created


@pytest.mark.parametrize(("fields", "reason"), REFUSED)
def test_what_the_reference_refuses_is_refused(
    api: httpx.Client, fields: dict[str, Any], reason: str
) -> None:
    refused = api.post("/variables/", json={"name": "a", "value": 1, **fields})
    assert (refused.status_code, refused.json()["exception_detail"][0]["msg"]) == (422, reason)


def test_a_name_is_had_once_and_a_needed_field_stays(api: httpx.Client) -> None:
    first = create(api).json()
    again = create(api)
    assert (again.status_code, again.json()) == (
        409,
        {"detail": "A variable with the name 'a' already exists."},
    )
    create(api, "b")
    for body in ({"name": "a"}, {"name": None}, {"tags": None}):
        assert api.patch("/variables/name/b", json=body).status_code == 409
    changes = {"name": "c", "value": None, "tags": ["t"]}
    assert api.patch("/variables/name/a", json=changes).status_code == 204
    after = api.get(f"/variables/{first['id']}").json()
    assert after == first | changes | {"updated": after["updated"]}
    assert after["updated"] > first["updated"]
    assert create(api).status_code == 201


def test_variables_are_found_by_all_criteria_and_in_each_order(api: httpx.Client) -> None:
    for name, tags in (("b_1", ["x"]), ("a-1", []), ("c", ["x", "y"])):
        create(api, name, tags=tags)
    api.patch("/variables/name/a-1", json={"value": 2})
    assert found(api) == ["a-1", "b_1", "c"]
    assert found(api, "NAME_DESC") == ["c", "b_1", "a-1"]
    assert found(api, "CREATED_DESC") == ["c", "a-1", "b_1"]
    assert found(api, "UPDATED_DESC") == ["a-1", "c", "b_1"]
    assert found(api, tags={"all_": ["x"]}) == ["b_1", "c"]
    assert found(api, tags={"is_null_": True}) == ["a-1"]
    assert found(api, name={"like_": "B_"}) == ["b_1"]
    either: dict[str, Any] = {
        "name": {"any_": ["c"]},
        "tags": {"is_null_": True},
        "operator": "or_",
    }
    assert found(api, **either) == ["a-1", "c"]
    page = api.post("/variables/filter", json={"limit": 1, "offset": 1}).json()
    assert [variable["name"] for variable in page] == ["b_1"]


@pytest.mark.parametrize("way", ["{id}", "name/{name}"])
def test_a_deleted_variable_is_gone_and_its_name_free(api: httpx.Client, way: str) -> None:
    path = "/variables/" + way.format(**create(api).json())
    assert api.delete(path).status_code == 204
    for answer in (api.get(path), api.patch(path, json={}), api.delete(path)):
        assert (answer.status_code, answer.json()) == (404, {"detail": "Variable not found."})
    assert create(api).status_code == 201


def test_parameters_get_the_values_of_variables(api: httpx.Client) -> None:
    deployment = deployed(api, new_flow(api), parameters={"p": named("a"), "q": 1})
    assert start(api, deployment).status_code == 400
    create(api, value={"deep": [1]})
    create(api, "b", value="a")
    assert start(api, deployment).json()["parameters"] == {"p": {"deep": [1]}, "q": 1}
    computed = {"__prefect_kind": "json", "value": '"a"'}
    run = start(api, deployment, parameters={"p": [named(computed)], "q": {"r": named("b")}})
    assert run.json()["parameters"] == {"p": [{"deep": [1]}], "q": {"r": "a"}}
    path = f"/deployments/{deployment['id']}"
    changed = api.patch(path, json={"parameters": {"p": named("b")}})
    assert (changed.status_code, api.get(path).json()["parameters"]) == (204, {"p": "a"})


def named(name: object) -> dict[str, object]:
    return {"__prefect_kind": "workspace_variable", "variable_name": name}
