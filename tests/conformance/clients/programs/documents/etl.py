"""Extract, transform and load; what the tasks return is kept in a block that the API knows.

Save the block for a folder, run the flow, or read what a run of it returned.
"""

import json
import sys

from prefect import flow, task
from prefect.cache_policies import INPUTS
from prefect.client.orchestration import get_client
from prefect.filesystems import LocalFileSystem

KEPT = {"persist_result": True, "result_storage": "local-file-system/orders"}


@task(cache_policy=INPUTS, **KEPT)
def extract(day: str) -> list[int]:
    return [len(day), 20, 12]


@task(**KEPT)
def transform(amounts: list[int]) -> dict[str, int]:
    return {"orders": len(amounts), "sum": sum(amounts)}


@task(**KEPT)
def load(sums: dict[str, int]) -> int:
    return sums["sum"]


@flow(**KEPT)
def orders_etl(day: str) -> int:
    return load(transform(extract(day)))


def kept(run_id: str) -> int:
    """Return a run's result, for a program that knows nothing but the run's id."""
    with get_client(sync_client=True) as client:
        return client.read_flow_run(run_id).state.result()


def save(folder: str) -> str:
    return str(LocalFileSystem(basepath=folder).save("orders"))


kind, argument = sys.argv[1:]
print(json.dumps({"save": save, "run": orders_etl, "read": kept}[kind](argument)))
