"""Create task runs in a flow run: one for each dynamic key, however often it is asked for."""

import asyncio

from prefect import flow, get_client, task
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowFilter,
    TaskRunFilter,
)
from prefect.states import Pending


def nightly() -> None: ...


def backup() -> None: ...


async def create(client: PrefectClient) -> None:
    above = await client.create_flow_run(flow(nightly), state=Pending())
    keys = ("0", "1", "1", "0")
    runs = [
        await client.create_task_run(task(backup), above.id, key, state=Pending()) for key in keys
    ]
    first, second = runs[0].id, runs[1].id
    assert [run.id for run in runs] == [first, second, second, first]
    assert first != second
    own = TaskRunFilter(flow_run_id={"any_": [above.id]})
    found = await client.read_task_runs(task_run_filter=own)
    assert {run.id for run in found} == {first, second}
    named = FlowFilter(name={"any_": ["nightly"]})
    assert len(await client.read_task_runs(flow_filter=named)) == len(found)
    await client.delete_flow_run(above.id)
    assert await client.read_task_runs(task_run_filter=own) == []


async def main() -> None:
    async with get_client() as client:
        await create(client)


asyncio.run(main())
