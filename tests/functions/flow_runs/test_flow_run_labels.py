"""PATCH /flow_runs/{id}/labels: labels beside those that a flow run has."""

from uuid import uuid4

import httpx
import pytest

from tests.store.support.asking import made, new_flow, new_flow_run


@pytest.fixture
def run(api_on_dynoxide: httpx.Client) -> str:
    flow = made(api_on_dynoxide, new_flow())["id"]
    return str(made(api_on_dynoxide, new_flow_run(flow, labels={"kept": 1, "changed": "a"}))["id"])


def test_labels_are_added_and_replaced(api_on_dynoxide: httpx.Client, run: str) -> None:
    given = {"changed": 2.5, "new": True}
    api_on_dynoxide.patch(f"/flow_runs/{run}/labels", json=given).raise_for_status()
    labels = api_on_dynoxide.get(f"/flow_runs/{run}").json()["labels"]
    labels.pop("prefect.flow.id")
    assert labels == {"kept": 1, "changed": 2.5, "new": True}


@pytest.mark.parametrize("label", [None, {"x": 1}, [1]])
def test_what_is_no_label_is_refused(
    api_on_dynoxide: httpx.Client, run: str, label: object
) -> None:
    answer = api_on_dynoxide.patch(f"/flow_runs/{run}/labels", json={"new": label})
    assert answer.status_code == httpx.codes.UNPROCESSABLE_ENTITY
    assert "new" not in api_on_dynoxide.get(f"/flow_runs/{run}").json()["labels"]


def test_an_unknown_flow_run_gets_none(api_on_dynoxide: httpx.Client) -> None:
    answer = api_on_dynoxide.patch(f"/flow_runs/{uuid4()}/labels", json={"a": 1})
    assert answer.status_code == httpx.codes.NOT_FOUND
