"""Read a run and its parameters as a worker does, to call the task."""

import asyncio
import json
import sys
from uuid import UUID

from prefect import get_client
from prefect.results import ResultStore, get_or_create_default_task_scheduling_storage
from prefect.task_worker import read_parameters


async def read(run_id: UUID) -> None:
    async with get_client() as client:
        run = await client.read_task_run(run_id)
    store = ResultStore(result_storage=await get_or_create_default_task_scheduling_storage())
    found = await read_parameters(store, run.state.state_details.task_parameters_id)
    sys.stdout.write(json.dumps(found["parameters"]))


asyncio.run(read(UUID(sys.argv[1])))
