"""An async flow that maps a task over 200 numbers."""

import asyncio
import json

from prefect import flow, task


@task
async def one_more(x: int) -> int:
    await asyncio.sleep(0)
    return x + 1


@flow
async def mapped() -> int:
    return sum(one_more.map(range(200)).result())


print(json.dumps(asyncio.run(mapped())))
