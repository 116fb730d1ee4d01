"""Requests that tests of the store make through the functions."""

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple

import httpx

from tests.support.client_events import AnyClient
from tests.support.databases import DynamoDB

# How often Prefect's client sends a request that was answered 503, beside the first time.
REPEATS = 5


class Site(NamedTuple):
    """The functions, their table, and the client through which they call it."""

    api: httpx.Client
    database: DynamoDB
    client: AnyClient


class Asked(NamedTuple):
    method: str
    path: str
    body: Any = None  # JSON


Asking = Callable[[httpx.Client], Asked]


def ask(api: httpx.Client, asked: Asked) -> httpx.Response:
    return api.request(asked.method, asked.path, json=asked.body)


def persist(api: httpx.Client, asked: Asked) -> httpx.Response:
    """Ask as Prefect's client does: again, when the answer is 503."""
    for _ in range(REPEATS):
        answer = ask(api, asked)
        if answer.status_code != httpx.codes.SERVICE_UNAVAILABLE:
            return answer
    return ask(api, asked)


def ask_at_once(api: httpx.Client, asked: Sequence[Asked]) -> list[httpx.Response]:
    """Ask from as many threads as there are requests, which all begin together."""
    start = threading.Barrier(len(asked))

    def wait_and_ask(one: Asked) -> httpx.Response:
        start.wait()
        return persist(api, one)

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(wait_and_ask, asked))


def made(api: httpx.Client, asked: Asked) -> Any:  # noqa: ANN401 - a JSON object
    return ask(api, asked).raise_for_status().json()


def new_flow(name: str = "etl") -> Asked:
    return Asked("POST", "/flows/", {"name": name})


def new_flow_run(flow_id: str, **fields: object) -> Asked:
    return Asked("POST", "/flow_runs/", {"flow_id": flow_id} | fields)


def new_task_run(**fields: object) -> Asked:
    return Asked("POST", "/task_runs/", {"task_key": "add", "dynamic_key": "0"} | fields)


def removal(of: str, found: dict[str, Any]) -> Asked:
    return Asked("DELETE", f"/{of}/{found['id']}")


def flow_run_id(api: httpx.Client) -> str:
    """Make a flow run, and the flow that it needs."""
    flow = made(api, new_flow())
    return str(made(api, new_flow_run(flow["id"]))["id"])
