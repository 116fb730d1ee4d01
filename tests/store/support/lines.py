"""Lines of logs that tests send and read."""

from typing import Any
from uuid import UUID, uuid4

import httpx

from tests.store.support.asking import Asked, ask

FLOW_RUN, TASK_RUN = (str(UUID(int=number)) for number in (1, 2))
TIME = "2026-01-01T00:00:00Z"


def line(message: str = "m", **fields: object) -> dict[str, object]:
    return {"name": "n", "level": 20, "message": message, "timestamp": TIME, **fields}


def log(api: httpx.Client, *lines: dict[str, object]) -> httpx.Response:
    return api.post("/logs/", json=lines)


def logged(api: httpx.Client, *lines: dict[str, object]) -> None:
    log(api, *lines).raise_for_status()


def read(api: httpx.Client, body: object = None, **logs: object) -> list[Any]:
    asked = Asked("POST", "/logs/filter", {"logs": logs} | (body if isinstance(body, dict) else {}))
    found: list[Any] = ask(api, asked).raise_for_status().json()
    return found


def messages(api: httpx.Client, body: object = None, **logs: object) -> list[str]:
    return [found["message"] for found in read(api, body, **logs)]


def of(*runs: str) -> dict[str, object]:
    return {"any_": runs}


def some_id() -> str:
    return str(uuid4())
