"""Requests about deployments, and what they are made with."""

from typing import Any

import httpx

from tests.store.support.asking import Asked, made

Json = dict[str, Any]

INTERVAL = {"interval": 86_400}
ON_MONDAYS = {"cron": "0 3 * * 1", "timezone": "Europe/Rome"}
COUNTED = {"properties": {"count": {"type": "integer"}}, "required": ["count"]}


def new_flow(api: httpx.Client) -> Json:
    """Make the flow that is deployed."""
    asked = Asked("POST", "/flows/", {"name": "etl", "labels": {"team": "data", "tier": 1}})
    found: Json = made(api, asked)
    return found


def deploy(api: httpx.Client, flow: Json, **fields: object) -> httpx.Response:
    return api.post("/deployments/", json={"name": "nightly", "flow_id": flow["id"], **fields})


def deployed(api: httpx.Client, flow: Json, **fields: object) -> Json:
    answer: Json = deploy(api, flow, **fields).raise_for_status().json()
    return answer


def shown(api: httpx.Client, deployment: Json) -> Json:
    answer: Json = api.get(f"/deployments/{deployment['id']}").raise_for_status().json()
    return answer


def change(api: httpx.Client, deployment: Json, **fields: object) -> httpx.Response:
    return api.patch(f"/deployments/{deployment['id']}", json=fields)


def schedules_of(api: httpx.Client, deployment: Json) -> list[Json]:
    answer: list[Json] = api.get(path_of_schedules(deployment)).raise_for_status().json()
    return answer


def add_schedules(api: httpx.Client, deployment: Json, *asked: Json) -> httpx.Response:
    return api.post(path_of_schedules(deployment), json=asked)


def path_of_schedules(deployment: Json, schedule: Json | None = None) -> str:
    """Return the path of all schedules of a deployment, or of one."""
    path = f"/deployments/{deployment['id']}/schedules"
    return f"{path}/{schedule['id']}" if schedule else path


def start(api: httpx.Client, deployment: Json, **fields: object) -> httpx.Response:
    return api.post(f"/deployments/{deployment['id']}/create_flow_run", json=fields)


def started(api: httpx.Client, deployment: Json, **fields: object) -> Json:
    answer: Json = start(api, deployment, **fields).raise_for_status().json()
    return answer
