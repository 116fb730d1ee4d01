"""Defaults of job variables that are blocks, and job variables of runs that change."""

from typing import Any

import httpx
import pytest

from tests.functions.work_pools.polling import deployed, new_pool, started

Json = dict[str, Any]
SCHEDULED = {"type": "SCHEDULED"}


def template(block_id: object, **key: object) -> Json:
    """Return a template with a variable whose default is a block, and one that is required."""
    reference = {"$ref": {"block_document_id": block_id}}
    x = {"type": "object", "properties": {"key": key}, "default": reference}
    variables = {"properties": {"x": x, "y": {"type": "integer"}}, "required": ["x"]}
    return {"job_configuration": {"x": "{{ x }}"}, "variables": variables}


@pytest.fixture
def block(api: httpx.Client) -> str:
    """A block with a secret."""
    made: Json = api.post("/block_types/", json={"name": "t", "slug": "t"}).json()
    fields = {"title": "T", "secret_fields": ["key"]}
    schema = {"block_type_id": made["id"], "fields": fields}
    place = {
        "block_type_id": made["id"],
        "block_schema_id": api.post("/block_schemas/", json=schema).json()["id"],
    }
    document = {"name": "b", "data": {"key": "secret"}, **place}
    found: str = api.post("/block_documents/", json=document).raise_for_status().json()["id"]
    return found


def create_pool(api: httpx.Client, **fields: object) -> httpx.Response:
    return api.post("/work_pools/", json={"name": "machines", "type": "process", **fields})


def test_a_block_is_checked_without_its_secrets(api: httpx.Client, block: str) -> None:
    refused = create_pool(api, base_job_template=template(block, const="secret"))
    assert (refused.status_code, "'secret' was expected" in refused.text) == (422, True)
    assert "********" not in create_pool(api, base_job_template=template(block)).text


def test_an_unknown_block_is_missed(api: httpx.Client, block: str) -> None:
    unknown = create_pool(api, base_job_template=template("00000000-0000-4000-8000-000000000009"))
    assert (unknown.status_code, unknown.json()) == (404, {"detail": "Block not found."})
    new_pool(api, base_job_template=template(block))
    deployment = deployed(api, job_variables={"y": 1})
    run = started(api, deployment, state=SCHEDULED)
    api.delete(f"/block_documents/{block}").raise_for_status()
    path = f"/deployments/{deployment['id']}/create_flow_run"
    assert api.post(path, json={}).status_code == 404
    (one,) = api.post(f"{path}/bulk", json=[{}]).raise_for_status().json()["results"]
    assert one["error"] == "Block not found."
    known = {"flow_id": deployment["flow_id"], "work_pool_name": "machines"}
    for variables, status in (({"y": 1}, 404), ({}, 201)):
        body = {"name": "other", **known, "job_variables": variables}
        assert api.post("/deployments/", json=body).status_code == status
    changed = api.patch(f"/flow_runs/{run['id']}", json={"job_variables": {}})
    assert changed.status_code == 404


def test_job_variables_of_a_run_change_within_the_schema_of_its_pool(
    api: httpx.Client, block: str
) -> None:
    new_pool(api, base_job_template=template(block))
    run = started(api, deployed(api, job_variables={"y": 1}), state=SCHEDULED)
    path = f"/flow_runs/{run['id']}"
    refused = api.patch(path, json={"job_variables": {"y": "x"}, "tags": ["a"]})
    assert (refused.status_code, "Error updating flow run: " in refused.text) == (422, True)
    assert api.get(path).json()["tags"] == run["tags"]
    api.patch(path, json={"job_variables": {"y": 2}}).raise_for_status()
    assert api.get(path).json()["job_variables"] == {"y": 2}
    # Without a pool, there is no schema.
    api.delete("/work_pools/machines").raise_for_status()
    api.patch(path, json={"job_variables": {"y": "x"}}).raise_for_status()


def test_the_pool_of_old_clients_is_made_with_their_first_queue(api: httpx.Client) -> None:
    flow = api.post("/flows/", json={"name": "f"}).json()["id"]
    asked = {"name": "d", "flow_id": flow, "work_pool_name": "default-agent-pool"}
    assert api.post("/deployments/", json=asked).status_code == 404
    assert api.post("/deployments/", json=asked | {"work_queue_name": "q"}).status_code == 404
    by_queue = {"name": "d", "flow_id": flow, "work_queue_name": "q"}
    api.post("/deployments/", json=by_queue).raise_for_status()
    assert api.post("/deployments/", json=asked).status_code == 200
