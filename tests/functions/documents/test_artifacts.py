"""Artifacts through the functions: of keys, of runs, and on pages."""

from typing import Any

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_flow_run, new_task_run
from tests.support.databases import DynamoDB


def create(api: httpx.Client, **fields: Any) -> dict[str, Any]:
    created = api.post("/artifacts/", json=fields)
    assert created.status_code == 201, created.text
    return dict(created.json())


def found(api: httpx.Client, place: str = "", **criteria: Any) -> list[Any]:
    asked = {"sort": "CREATED_DESC", **criteria}
    shown = api.post(f"/artifacts/{place}filter", json=asked).raise_for_status().json()
    assert api.post(f"/artifacts/{place}count", json=criteria).json() == len(shown)
    return [artifact["data"] for artifact in shown]


def test_the_latest_of_a_key_has_the_id_and_the_beginning_of_the_key(api: httpx.Client) -> None:
    first, second = (create(api, key="k", data=number, type="t") for number in range(2))
    latest = api.get("/artifacts/k/latest").json()
    assert latest["id"] not in {first["id"], second["id"]}
    assert latest == second | {"id": latest["id"], "created": first["created"]}
    (collection,) = api.post("/artifacts/latest/filter", json={}).json()
    assert collection == latest | {"latest_id": second["id"]}
    api.delete(f"/artifacts/{second['id']}").raise_for_status()
    assert api.get("/artifacts/k/latest").json() == first | {"id": latest["id"]}
    api.delete(f"/artifacts/{first['id']}").raise_for_status()
    gone = api.get("/artifacts/k/latest")
    assert (gone.status_code, gone.json()) == (404, {"detail": "Artifact not found."})


def test_artifacts_are_found_by_what_they_are_and_through_their_runs(api: httpx.Client) -> None:
    run = made(api, new_flow_run(made(api, new_flow())["id"]))["id"]
    task = made(api, new_task_run(flow_run_id=run))["id"]
    lonely = made(api, new_task_run(dynamic_key="lonely"))["id"]
    create(api, key="a", type="markdown", data=1)
    create(api, key="a", type="table", data=2, flow_run_id=run, task_run_id=task)
    create(api, key="b", type="table", data=3, flow_run_id=run)
    create(api, type="progress", data=4, task_run_id=lonely)
    create(api, key="c", data=5, flow_run_id=lonely)
    assert found(api) == [5, 4, 3, 2, 1]
    assert found(api, artifacts={"key": {"any_": ["a", "c"]}}) == [5, 2, 1]
    assert found(api, artifacts={"key": {"exists_": False}}) == [4]
    assert found(api, artifacts={"key": {"like_": "A"}}) == [2, 1]
    assert found(api, artifacts={"type": {"not_any_": ["table"]}}) == [4, 1]
    assert found(api, artifacts={"flow_run_id": {"any_": [run]}}) == [3, 2]
    assert found(api, artifacts={"task_run_id": {"any_": [task, lonely]}}) == [4, 2]
    assert found(api, flow_runs={}) == [3, 2]
    assert found(api, flows={"name": {"any_": ["nobody"]}}) == []
    assert found(api, task_runs={"id": {"any_": [lonely]}}) == [4]
    assert found(api, task_runs={}, flow_runs={"id": {"any_": [run]}}) == [2]
    assert found(api, "latest/") == [5, 3, 2]
    assert found(api, "latest/", artifacts={"type": {"any_": ["table"]}}, flows={}) == [3, 2]
    api.delete(f"/flow_runs/{run}").raise_for_status()
    assert found(api, flow_runs={}) == []
    assert found(api, artifacts={"flow_run_id": {"any_": [run]}}) == [3, 2]


def test_artifacts_sort_by_each_order(api: httpx.Client) -> None:
    ids = [create(api, data=key, key=key)["id"] for key in ("b", None, "a")]
    api.patch(f"/artifacts/{ids[0]}", json={"description": "x"}).raise_for_status()
    orders = {"KEY_ASC": [None, "a", "b"], "KEY_DESC": ["b", "a", None]}
    orders["UPDATED_DESC"] = ["b", "a", None]
    for sort, expected in orders.items():
        assert found(api, sort=sort) == expected
        in_latest = [key for key in expected if key]
        shown = api.post("/artifacts/latest/filter", json={"sort": sort}).json()
        assert [one["data"] for one in shown] == in_latest
    shown = api.post("/artifacts/filter", json={}).json()
    assert [one["id"] for one in shown] == sorted(ids, reverse=True)


def test_metadata_are_shortened_and_an_update_keeps_the_rest(api: httpx.Client) -> None:
    created = create(api, key="k", data={"a": 1}, metadata_={"long": "x" * 501, "m": "y"})
    assert created["metadata_"] == {"long": "x" * 500 + "...", "m": "y"}
    path = f"/artifacts/{created['id']}"
    assert api.patch(path, json={"data": 0.5}).status_code == 204
    after = api.get(path).json()
    assert after == created | {"data": 0.5, "updated": after["updated"]}
    assert api.patch(path, json={"key": "other"}).status_code == 422


def test_a_large_artifact_is_read_back(api: httpx.Client, dynamodb: DynamoDB) -> None:
    table = [{"row": number, "text": f"{number} " * 50} for number in range(1_000)]
    created = create(api, key="k", data=table)
    assert api.get(f"/artifacts/{created['id']}").json()["data"] == table
    assert api.get("/artifacts/k/latest").json()["data"] == table
    assert found(api) == found(api, "latest/") == [table]
    assert dynamodb


@pytest.mark.parametrize("sort", ["CREATED_DESC", "ID_DESC"])
def test_a_page_reads_a_page(api_on_dynoxide: httpx.Client, sort: str) -> None:
    for number in range(60):
        create(api_on_dynoxide, data=number)
    explain = {"Runledger-Explain": "true"}
    asked = {"sort": sort, "limit": 4}
    page = api_on_dynoxide.post("/artifacts/filter", json=asked, headers=explain)
    plan = dict(part.split("=", 1) for part in page.headers["Runledger-Plan"].split("; "))
    assert len(page.json()) == 4
    assert int(plan["items_read"]) < 30
