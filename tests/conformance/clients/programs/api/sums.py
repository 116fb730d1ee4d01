"""A flow with tasks, a subflow and lines of log, and a deployment of it that nobody serves."""

import json

from prefect import flow, get_client, task
from prefect.client.orchestration import SyncPrefectClient


@task(tags=["arithmetic"])
def add(x: int, y: int) -> int:
    print(f"adding {x} and {y}")
    return x + y


@flow(log_prints=True)
def sub_sum(x: int) -> int:
    return add(x, 1)


@flow(log_prints=True)
def sums(x: int = 2) -> int:
    print("let us see")
    return add(x, sub_sum(x))


def deploy(client: SyncPrefectClient) -> str:
    schema = {"type": "object", "properties": {"x": {"type": "integer"}}}
    made = client.create_deployment(
        flow_id=client.read_flow_by_name("sums").id,
        name="daily",
        tags=["office"],
        parameters={"x": 3},
        parameter_openapi_schema=schema,
        entrypoint="sums.py:sums",
    )
    return str(made)


assert sums() == 5
with get_client(sync_client=True) as anyone:
    print(json.dumps(deploy(anyone)))
