"""Run a flow with mapped tasks, a retry, a failure and a subflow; what happened shows soon."""

import asyncio
from collections import Counter
from uuid import UUID

from prefect import flow, get_client, task
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import FlowRunFilter
from prefect.runtime import flow_run

MAPPED = 20
PATIENCE = 15.0
PAUSE = 0.25

tried: list[int] = []


def add(x: int, y: int) -> int:
    return x + y


def stumble() -> int:
    tried.append(1)
    if len(tried) == 1:
        raise ValueError("the first time")
    return 1


def fail() -> None:
    raise ValueError("always")


adding, failing = task(add), task(fail)
stumbling = task(stumble, retries=1, retry_delay_seconds=0.1)


def inner() -> int:
    return int(adding(1, 1))


def outer() -> tuple[UUID, int]:
    added = sum(adding.map(range(MAPPED), y=1).result())
    failing(return_state=True)
    return UUID(flow_run.get_id()), added + stumbling() + flow(inner)()


def expected() -> Counter[tuple[str, str, int]]:
    return Counter(
        {
            ("add", "Completed", 1): MAPPED,
            ("stumble", "Completed", 2): 1,
            ("fail", "Failed", 1): 1,
            ("inner", "Completed", 1): 1,
        }
    )


async def shown(client: PrefectClient, run_id: UUID) -> Counter[tuple[str, str, int]]:
    of_flow_run = FlowRunFilter(id={"any_": [run_id]})
    runs = await client.read_task_runs(flow_run_filter=of_flow_run)
    return Counter((run.name.rpartition("-")[0], run.state_name, run.run_count) for run in runs)


async def main(run_id: UUID) -> None:
    async with get_client() as client:
        left = round(PATIENCE / PAUSE)
        while (found := await shown(client, run_id)) != expected():
            assert left, found
            await asyncio.sleep(PAUSE)
            left -= 1


ran, total = flow(outer)()
assert total == MAPPED * (MAPPED + 1) // 2 + 1 + 2, total
asyncio.run(main(ran))
