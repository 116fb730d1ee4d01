"""Job variables whose defaults are blocks, for the sake of every right that they take."""

from typing import Any

import httpx

POOL = "/work_pools/with-blocks"
# What is stored in pieces, as large documents are.
LONG = "long enough " * 50


def use_job_variables(api: httpx.Client, flow: str) -> None:
    """Create a pool, a deployment and its runs, and change a run."""
    block_type = _post(api, "/block_types/", name="job", slug="job")["id"]
    schema = _post(api, "/block_schemas/", block_type_id=block_type, fields={"note": LONG})["id"]
    place = {"block_type_id": block_type, "block_schema_id": schema, "data": {"a": LONG}}
    blocks = [_post(api, "/block_documents/", name=name, **place)["id"] for name in ("a", "b")]
    _post(api, "/work_pools/", name="with-blocks", type="process", base_job_template=_of(blocks))
    deployment = _post(
        api,
        "/deployments/",
        name="with-blocks",
        flow_id=flow,
        work_pool_name="with-blocks",
        job_variables={"x": LONG},
    )
    path = f"/deployments/{deployment['id']}/create_flow_run"
    run = _post(api, path, state={"type": "SCHEDULED"})
    _do(api.post(f"{path}/bulk", json=[{"name": "one"}]))
    _do(api.patch(f"/flow_runs/{run['id']}", json={"job_variables": {"y": LONG}}))
    _do(api.delete(POOL))
    _do(api.delete(f"/block_types/{block_type}"))


def _of(blocks: list[str]) -> dict[str, Any]:
    """Return a template with a variable for each block."""
    variables = {
        f"block{number}": {"type": "object", "default": {"$ref": {"block_document_id": block}}}
        for number, block in enumerate(blocks)
    }
    return {"job_configuration": {"a": LONG}, "variables": {"properties": variables}}


def _post(api: httpx.Client, path: str, **fields: object) -> dict[str, Any]:
    answer: dict[str, Any] = _do(api.post(path, json=fields)).json()
    return answer


def _do(response: httpx.Response) -> httpx.Response:
    assert response.is_success, response.text
    return response
