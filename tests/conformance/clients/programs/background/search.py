"""Find the submitted runs in several ways; the last of the ids given is the greeting's."""

import asyncio
import sys
from uuid import UUID, uuid4

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.client.schemas.filters import (
    FlowRunFilter,
    TaskRunFilter,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.sorting import TaskRunSort

ADDITIONS = [UUID(text) for text in sys.argv[1:-1]]
GREETING = UUID(sys.argv[-1])
EVERY = [*ADDITIONS, GREETING]
LATEST_FIRST = TaskRunSort.EXPECTED_START_TIME_DESC

# Each criterion, and what it finds, latest first.
SEARCHES: tuple[tuple[dict[str, object], list[UUID]], ...] = (
    ({"id": {"any_": [EVERY[0], uuid4()]}}, EVERY[:1]),
    ({"id": {"any_": []}}, []),
    ({"state": {"type": {"any_": [StateType.SCHEDULED]}}}, EVERY[::-1]),
    ({"state": {"name": {"any_": ["Running", "Completed"]}}}, []),
    ({"name": {"any_": ["add"]}}, ADDITIONS[::-1]),
    ({"name": {"like_": "GREET"}}, [GREETING]),
    ({"tags": {"all_": ["short", "polite"]}}, [GREETING]),
    ({"tags": {"is_null_": True}}, ADDITIONS[::-1]),
    ({"flow_run_id": {"is_null_": True}}, EVERY[::-1]),
    ({"operator": "or_", "name": {"any_": ["add"]}, "tags": {"all_": ["short"]}}, EVERY[::-1]),
)


async def search(client: PrefectClient) -> None:
    for criterion, wanted in SEARCHES:
        asked = TaskRunFilter.model_validate(criterion)
        found = await client.read_task_runs(task_run_filter=asked, sort=LATEST_FIRST)
        assert [run.id for run in found] == wanted, criterion
    page = await client.read_task_runs(sort=LATEST_FIRST, limit=2, offset=1)
    assert [run.id for run in page] == EVERY[::-1][1:3]
    everything = await client.read_task_runs()
    assert {run.id for run in everything} == set(EVERY)
    named = await client.read_task_runs(flow_run_filter=FlowRunFilter(name={"any_": ["none"]}))
    assert named == []


async def main() -> None:
    async with get_client() as client:
        await search(client)


asyncio.run(main())
