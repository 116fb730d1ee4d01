"""Deploy the flow of `ticking` to a work pool, or be a worker of it that runs two at once."""

import asyncio
import sys
from pathlib import Path

from prefect import flow
from prefect.workers.process import ProcessWorker

TICKING = Path(__file__).parent.parent / "schedules/ticking.py"

if __name__ == "__main__":
    what, pool, *rest = sys.argv[1:]
    if what == "deploy":
        source = flow.from_source(str(TICKING.parent), entrypoint=f"{TICKING.name}:tick")
        source.deploy(name="pooled", work_pool_name=pool, build=False, push=False)
    else:
        asyncio.run(ProcessWorker(work_pool_name=pool, name=rest[0], limit=2).start())
