"""PATCH /flows/{id}: what may change of a flow (docs/contract/neighbours.md 2)."""

from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_flow_run
from tests.store.support.proposing import JSON


@pytest.fixture
def api(api_on_dynoxide: httpx.Client) -> httpx.Client:
    return api_on_dynoxide


@pytest.fixture
def flow(api: httpx.Client) -> JSON:
    flow: JSON = made(api, new_flow())
    return flow


def change(api: httpx.Client, flow: JSON, changes: JSON) -> JSON:
    assert api.patch(f"/flows/{flow['id']}", json=changes).status_code == 204
    seen: JSON = api.get(f"/flows/{flow['id']}").json()
    return seen


def test_its_tags_change_and_nothing_else(api: httpx.Client, flow: JSON) -> None:
    seen = change(api, flow, {"tags": ["b", "a"]})
    assert seen == flow | {"tags": ["b", "a"], "updated": seen["updated"]}


def test_nothing_sent_changes_nothing_but_the_time_of_change(api: httpx.Client, flow: JSON) -> None:
    seen = change(api, flow, {})
    assert seen["updated"] > flow["updated"]
    assert seen == flow | {"updated": seen["updated"]}


def test_a_changed_flow_is_found_by_its_new_tags(api: httpx.Client, flow: JSON) -> None:
    seen = change(api, flow, {"tags": ["new"]})
    assert api.post("/flows/filter", json={"flows": {"tags": {"all_": ["new"]}}}).json() == [seen]


def test_the_flow_changed_last_comes_first(api: httpx.Client, flow: JSON) -> None:
    other = api.post("/flows/", json={"name": "other"}).json()
    change(api, flow, {})
    listed = api.post("/flows/filter", json={"sort": "UPDATED_DESC"}).json()
    assert [one["id"] for one in listed] == [flow["id"], other["id"]]


def test_a_changed_flow_takes_its_deployments_and_runs_along(api: httpx.Client, flow: JSON) -> None:
    deployed = api.post("/deployments/", json={"name": "d", "flow_id": flow["id"]}).json()
    run = made(api, new_flow_run(flow["id"]))
    change(api, flow, {"tags": ["new"]})
    assert api.delete(f"/flows/{flow['id']}").status_code == 204
    gone = (f"/deployments/{deployed['id']}", f"/flow_runs/{run['id']}")
    assert [api.get(path).status_code for path in gone] == [404, 404]


def test_a_changed_flow_keeps_its_name(api: httpx.Client, flow: JSON) -> None:
    seen = change(api, flow, {"tags": ["new"]})
    again = api.post("/flows/", json={"name": flow["name"]})
    assert (again.status_code, again.json()) == (200, seen)


def test_an_unknown_flow_is_not_found(api: httpx.Client) -> None:
    answer = api.patch(f"/flows/{uuid4()}", json={"tags": []})
    assert (answer.status_code, answer.json()) == (404, {"detail": "Flow not found"})
