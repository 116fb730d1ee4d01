"""Deployments as `flow.deploy(..., cron="0 * * * *")` makes them, in a work pool."""

from collections.abc import Mapping
from typing import Any

import httpx

POOL = "machines"
HOURLY = {"schedule": {"cron": "0 * * * *", "timezone": "UTC"}, "active": True}
SCHEMA = {
    "title": "Parameters",
    "type": "object",
    "properties": {
        "day": {"title": "day", "type": "string", "default": "today", "position": 0},
        "limit": {"title": "limit", "type": "integer", "default": 1000, "position": 1},
    },
    "required": [],
    "definitions": {},
}


def make_pool(api: httpx.Client) -> None:
    views = _asked(api, "GET", "/collections/views/aggregate-worker-metadata")
    template = views["prefect"]["process"]["default_base_job_configuration"]
    body = {"name": POOL, "type": "process", "base_job_template": template}
    _asked(api, "POST", "/work_pools/", body)


def deploy_hourly(api: httpx.Client, number: int) -> None:
    """Make so many deployments of a flow, each with a schedule for each hour."""
    flow = _asked(api, "POST", "/flows/", {"name": "extract"})["id"]
    for one in range(number):
        _asked(api, "POST", "/deployments/", _deployment(flow, one))


def _deployment(flow: str, number: int) -> Mapping[str, Any]:
    return {
        "name": f"hourly-{number}",
        "flow_id": flow,
        "work_pool_name": POOL,
        "schedules": [HOURLY],
        "entrypoint": "flows/extract.py:extract",
        "path": "/opt/flows",
        "pull_steps": [{"prefect.deployments.steps.set_working_directory": {"directory": "/opt"}}],
        "parameters": {"day": "today"},
        "parameter_openapi_schema": SCHEMA,
        "tags": ["orders"],
        "version": "9d1f2c",
    }


def _asked(
    api: httpx.Client, method: str, path: str, body: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    answer: dict[str, Any] = api.request(method, path, json=body).raise_for_status().json()
    return answer
