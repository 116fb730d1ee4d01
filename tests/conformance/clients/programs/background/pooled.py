"""Deploy a flow to a work pool, or be a worker of it."""

import asyncio
import sys
import time
from pathlib import Path

from prefect import flow
from prefect.workers.process import ProcessWorker


@flow
def count(seconds: float = 1.0) -> float:
    time.sleep(seconds)
    return seconds


if __name__ == "__main__":
    what, pool, *rest = sys.argv[1:]
    if what == "deploy":
        here = Path(__file__)
        source = flow.from_source(source=str(here.parent), entrypoint=f"{here.name}:count")
        source.deploy(name="pooled", work_pool_name=pool, build=False, push=False)
    else:
        asyncio.run(ProcessWorker(work_pool_name=pool, name=rest[0]).start())
