"""Take a run through its states."""

import asyncio
import sys
from uuid import UUID

from prefect import get_client
from prefect.client.orchestration import PrefectClient
from prefect.states import Completed, Pending, Running


async def move(client: PrefectClient, run_id: UUID) -> None:
    for state in (Pending(), Running(), Completed(message="done")):
        answer = await client.set_task_run_state(run_id, state)
        assert answer.status.value == "ACCEPT", answer
    run = await client.read_task_run(run_id)
    assert (run.state.message, run.run_count) == ("done", 1)
    assert run.end_time >= run.start_time
    states = await client.read_task_run_states(run_id)
    assert [state.name for state in states] == ["Scheduled", "Pending", "Running", "Completed"]


async def main() -> None:
    async with get_client() as client:
        await move(client, UUID(sys.argv[1]))


asyncio.run(main())
